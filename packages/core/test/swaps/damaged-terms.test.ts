import { memory } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import type { SwapRow } from '../../src/swaps/mark-swap.ts'
import { schema } from '../../src/tables/schema.ts'
import { swaps } from '../../src/tables/swaps.ts'
import { update } from '../../src/tables/table.ts'
import { openSwaps, type SwapStand } from './swap-stand.ts'

/** Changes the stored terms of the one swap while no process runs. */
async function damage(
  { run, data, clock }: SwapStand,
  id: string,
  how: (terms: Record<string, unknown>) => void,
): Promise<SwapRow> {
  const storage = memory({ data, exclusive: true })
  await run(storage.open(schema, { clock }))
  const row = (await run(storage.get(swaps, [id])))!
  const terms = structuredClone(row.terms) as Record<string, unknown>
  how(terms)
  await run(storage.commit({ writes: [update(swaps, row, { terms })] }))
  await run(storage.close())
  return row
}

/** Ends the process directly before the change that brings a swap so far. */
function dyingBefore(state: string, settings: Parameters<typeof openSwaps>[0] = {}): SwapStand {
  let isOver = false
  const stand = openSwaps({
    ...settings,
    hooks: {
      beforeCommit({ writes }) {
        const isThere = writes.some(
          (write) =>
            write.op === 'update' && write.table.name === 'swaps' && write.set.state === state,
        )
        if (!isThere || isOver) return
        isOver = true
        stand.current.kill()
      },
    },
  })
  return stand
}

async function untilDead({ current, mine }: SwapStand): Promise<void> {
  for (let block = 0; block < 20 && !current.life.isOver; block++) await mine()
  expect(current.life.isOver).toBe(true)
}

const paymentsOf = ({ run, lnd }: SwapStand) =>
  run(lnd.lightning.listPayments({ afterIndex: 0n, limit: 10 }))

/** Of the stored terms: another than what was verified. */
const damages: Readonly<Record<string, (terms: Record<string, unknown>) => void>> = {
  'the server\u2019s key': (terms) => {
    terms.refundPublicKey = `02${'79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'}`
  },
  'the lockup\u2019s amount': (terms) => {
    terms.onchainAmountSat = '1000'
  },
}

test('a swap whose stored terms were changed is not paid after a restart, and an operator is told', async () => {
  const stand = dyingBefore('paying')
  const { run } = stand
  await run(stand.node.start())
  const before = await stand.assets()
  // Another of the server's invoices, for more: whoever pays what is stored pays that.
  const other = stand.payee.createInvoice({ amountMsat: 2_000_000_000n })
  const { id } = await stand.ask(1_000_000)
  await untilDead(stand)
  await damage(stand, id, (terms) => {
    terms.invoice = other.paymentRequest
  })
  await run(stand.openNext({}, {}).node.start())
  await stand.settle(60_000)
  const swap = await stand.swap(id)
  expect([swap.state, swap.reason]).toEqual(['verified', 'terms-damaged'])
  expect(await paymentsOf(stand)).toEqual([])
  expect(await stand.told('swap.needs-operator')).toHaveLength(1)
  expect(await stand.assets()).toBe(before)
  const { says, evidence } = await run(stand.node.swaps.explain(id))
  expect(says).toContain('Its stored terms were changed')
  expect(evidence).toMatchObject({ reason: expect.any(String), says: expect.any(String) })
})

test('nothing is revealed for a swap whose stored terms were changed: the payment comes back', async () => {
  const wrong: string[] = []
  for (const [state, name] of [
    ['lockup-confirmed', 'the server\u2019s key'],
    ['preimage-revealed', 'the lockup\u2019s amount'],
  ] as const) {
    const stand = dyingBefore(state, { server: { timeoutBlocks: 80 } })
    const { run } = stand
    await run(stand.node.start())
    const before = await stand.assets()
    const { id } = await stand.ask(1_000_000)
    await untilDead(stand)
    await damage(stand, id, damages[name]!)
    await run(stand.openNext({}, {}).node.start())
    await stand.mine(3)
    const waiting = await stand.swap(id)
    if (waiting.reason !== 'terms-damaged') wrong.push(`${state}, ${name}: ${waiting.reason}`)
    const swap = await stand.untilEnded(id, 90)
    const [provider] = await run(stand.node.swaps.providers())
    const told = [
      swap.state,
      swap.reason,
      `${before - (await stand.assets())} msat gone`,
      `${(await stand.told('swap.revealed')).length} revealed`,
      `${(await stand.told('swap.needs-operator')).length} told`,
      provider!.state,
    ].join(', ')
    if (told !== 'returned, terms-damaged, 0 msat gone, 0 revealed, 1 told, healthy')
      wrong.push(`${state}, ${name}: ${told}`)
  }
  expect(wrong).toEqual([])
})

test('what is revealed is claimed with the stored bytes, also when its terms were changed', async () => {
  const stand = dyingBefore('claim-published')
  const { run } = stand
  await run(stand.node.start())
  const before = await stand.assets()
  const { id } = await stand.ask(1_000_000)
  await untilDead(stand)
  await damage(stand, id, damages['the server\u2019s key']!)
  await run(stand.openNext({}, {}).node.start())
  const swap = await stand.untilEnded(id)
  expect(swap.state).toBe('claimed')
  const { service, routing, claim } = swap.costs
  expect(before - (await stand.assets())).toBe(service!.msat + routing!.msat + claim!.msat)
})
