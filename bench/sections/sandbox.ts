import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Section } from '../bench.ts'
import { median, rangeOf } from '../statistics.ts'

const rounds = 5
const program = join(import.meta.dirname, '..', '..', 'packages', 'cli', 'src', 'index.ts')

/** What a test in another language waits for. */
export const sandbox: Section = {
  name: 'sandbox',
  says: 'payment-node sandbox, from the start of its process to the first answer',
  async measure() {
    await startOnce()
    const times: number[] = []
    for (let round = 1; round <= rounds; round++) times.push((await startOnce()) / 1000)
    return [
      {
        section: sandbox.name,
        what: 'sandbox ready, run from its sources',
        value: median(times),
        range: rangeOf(times),
        unit: 's',
        target: { atMost: 2 },
      },
    ]
  },
}

/** Milliseconds from the start of the process to an answer that says that its node is ready. */
async function startOnce(): Promise<number> {
  const start = performance.now()
  const argv = ['--conditions=dev-source', program, 'sandbox', '--port', '0', '--json']
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  try {
    const early = closed.then(() => {
      throw new Error('payment-node sandbox ended early')
    })
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), early])
    const { url } = JSON.parse(line as string) as { url: string }
    const { ok } = await fetch(`${url}/readyz`)
    if (!ok) throw new Error('payment-node sandbox is up and not ready')
    return performance.now() - start
  } finally {
    child.kill('SIGTERM')
    await closed
  }
}
