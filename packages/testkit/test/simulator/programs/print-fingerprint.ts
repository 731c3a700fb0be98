import { simulateSeed } from '@payment-node/testkit'

const [from, seeds] = process.argv.slice(2).map(Number) as [number, number]
for (let seed = from; seed < from + seeds; seed++) {
  const { fingerprint, events, violation } = await simulateSeed(seed)
  process.stdout.write(`${seed} ${events} ${violation?.invariant ?? 'holds'} ${fingerprint}\n`)
}
