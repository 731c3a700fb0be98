import { afterAll, test } from 'vitest'
import type { Operation } from '../../parity/operation.ts'
import { createPairs } from '../../parity/start-pair.ts'

/* What the simulated network once did differently when hardly a channel was left. One after the other. */

const pairs = createPairs()
afterAll(() => pairs.remove())

function equal(name: string, operations: readonly Operation[]): void {
  test(name, () => pairs.use((pair) => pair.run(operations)), 240_000)
}

const openByPayee: Operation = {
  kind: 'open-channel',
  opener: 'payee',
  to: 'itself',
  capacitySat: 500_000n,
  isPrivate: false,
  satPerVbyte: 5,
  coins: 'largest',
}
/** Refused in any case; the reason tells whether the peer is connected. */
const askPeer: Operation = { ...openByPayee, opener: 'tested', to: 'peer', coins: 'unknown' }
const mine = (blocks: number): Operation => ({ kind: 'mine', blocks })

equal(
  'a closing transaction that is published again is seen to be confirmed, and no ghost any more',
  [
    { kind: 'close-channel', closer: 'us', slot: 0, isForce: true },
    mine(4),
    { kind: 'publish', what: 'known' },
  ],
)

equal('a peer whose only channel was closed by force is dialed at the next start, then no more', [
  openByPayee,
  mine(6),
  askPeer,
  { kind: 'restart' },
  askPeer,
  { kind: 'restart' },
  askPeer,
])

equal('without a channel a node is in its own graph only', [
  { kind: 'close-channel', closer: 'us', slot: 0, isForce: false },
  mine(3),
  { kind: 'find-node', which: 'tested' },
  { kind: 'find-node', which: 'payee' },
])
