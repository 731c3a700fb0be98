import { simulateSeed } from '@payment-node/testkit'
import { Command } from 'commander'

const program = new Command().option('--seeds <n>', '', '1').option('--from <s>', '', '1').parse()
const o = program.opts()
const t = performance.now()
let events = 0
const counts = new Map<string, number>()
for (let s = Number(o.from); s < Number(o.from) + Number(o.seeds); s++) {
  const t1 = performance.now()
  const r = await simulateSeed(s)
  events += r.events
  for (const [k, v] of r.happenings) counts.set(k, (counts.get(k) ?? 0) + v)
  if (Number(o.seeds) < 30)
    console.log(
      s,
      r.violation ?? 'ok',
      r.fingerprint.slice(0, 8),
      r.events,
      Math.round(r.elapsed / 1000),
      [...r.happenings],
      (performance.now() - t1).toFixed(0),
    )
  if (r.violation) {
    console.log(s, r.violation)
    if (Number(o.seeds) === 1) console.log(r.plan.faults, r.lines.slice(-60).join('\n'))
  }
}
console.log(counts, (Number(o.seeds) / (performance.now() - t)) * 1000, 'seeds/s', events)
