import { afterAll, test } from 'vitest'
import type { Operation } from '../../parity/operation.ts'
import { createPairs } from '../../parity/start-pair.ts'

/* What the simulated network once did differently when hardly a channel was left. One after the other. */

const pairs = createPairs()
afterAll(() => pairs.remove())

function equal(name: string, operations: readonly Operation[]): void {
  test(name, () => pairs.use((pair) => pair.run(operations)), 240_000)
}

const mine = (blocks: number): Operation => ({ kind: 'mine', blocks })

equal(
  'a closing transaction that is published again is seen to be confirmed, and no ghost any more',
  [
    { kind: 'close-channel', closer: 'us', slot: 0, isForce: true },
    mine(4),
    { kind: 'publish', what: 'known' },
  ],
)

equal('without a channel a node is in its own graph', [
  { kind: 'find-node', which: 'tested' },
  { kind: 'find-node', which: 'payee' },
])
