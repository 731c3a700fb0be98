import { PaymentNodeError } from '@payment-node/core'
import { type CommitHooks, memory } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import type { SwapRow } from '../../src/swaps/mark-swap.ts'
import { schema } from '../../src/tables/schema.ts'
import { swaps } from '../../src/tables/swaps.ts'
import { update } from '../../src/tables/table.ts'
import {
  askAndDie,
  deathBefore,
  dyingBefore,
  dyingUnsent,
  goOn,
  paymentsOf,
  untilDead,
} from './dying-stand.ts'
import { inFlightTotals } from './in-flight-totals.ts'
import { openWithPayout } from './payout-stand.ts'
import type { SwapStand } from './swap-stand.ts'

/** What becomes of stored terms. */
type Damage = (terms: Record<string, unknown>) => unknown

/** Changes the stored terms of a swap while no process runs. */
async function damage(stand: SwapStand, id: string, how: Damage): Promise<void> {
  await change(stand, id, ({ terms }) => ({
    terms: how(structuredClone(terms) as Record<string, unknown>),
  }))
}

async function change(
  { run, data, clock }: SwapStand,
  id: string,
  how: (row: SwapRow) => Partial<SwapRow>,
): Promise<void> {
  const storage = memory({ data, exclusive: true })
  await run(storage.open(schema, { clock }))
  const row = (await run(storage.get(swaps, [id])))!
  await run(storage.commit({ writes: [update(swaps, row, how(row))] }))
  await run(storage.close())
}

/** Of the stored terms: another than what was verified, or none. */
const damages = {
  'the server\u2019s key': (terms) => ({
    ...terms,
    refundPublicKey: `02${'79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'}`,
  }),
  'the lockup\u2019s amount': (terms) => ({ ...terms, onchainAmountSat: '1000' }),
  'letters of the invoice': (terms) => ({ ...terms, invoice: `${terms.invoice}`.slice(0, -3) }),
  'a number for the invoice': (terms) => ({ ...terms, invoice: 7 }),
  'an amount for the leaves': (terms) => ({ ...terms, leaves: 7 }),
  'no terms': () => null,
  'text for terms': () => 'terms',
} satisfies Readonly<Record<string, Damage>>

test('a swap whose stored terms were changed is not paid after a restart, and an operator is told', async () => {
  const stand = dyingBefore('paying')
  const { run } = stand
  const { id, before } = await askAndDie(stand)
  // Another of the server's invoices, for more: whoever pays what is stored pays that.
  const other = stand.payee.createInvoice({ amountMsat: 2_000_000_000n })
  await damage(stand, id, (terms) => ({ ...terms, invoice: other.paymentRequest }))
  await goOn(stand)
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
    ['lockup-confirmed', 'letters of the invoice'],
    ['preimage-revealed', 'letters of the invoice'],
    ['lockup-confirmed', 'a number for the invoice'],
    ['preimage-revealed', 'an amount for the leaves'],
    ['lockup-confirmed', 'no terms'],
    ['preimage-revealed', 'no terms'],
    ['lockup-confirmed', 'text for terms'],
  ] as const) {
    const stand = dyingBefore(state, { server: { timeoutBlocks: 80 } })
    const { run } = stand
    const { id, before } = await askAndDie(stand)
    await damage(stand, id, damages[name])
    await goOn(stand)
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
      `${(await stand.told('swap.deadline-near')).length} alarms`,
      provider!.state,
      (await run(stand.node.ledger.prove())).verdict,
      `halted: ${(await run(stand.node.status())).isHalted}`,
    ].join(', ')
    if (
      told !==
      'returned, terms-damaged, 0 msat gone, 0 revealed, 1 told, 3 alarms, healthy, proved, halted: false'
    )
      wrong.push(`${state}, ${name}: ${told}`)
  }
  expect(wrong).toEqual([])
})

test('a swap without an invoice that could be read gives back its caps and its payout', async () => {
  const stand = await openWithPayout({
    server: { timeoutBlocks: 80 },
    hooks: deathBefore('lockup-confirmed', () => stand.current.kill()),
  })
  const { run } = stand
  const before = await stand.assets()
  const { id } = await stand.askForPayout()
  await untilDead(stand)
  await damage(stand, id, damages['letters of the invoice'])
  await goOn(stand)
  const swap = await stand.untilEnded(id, 90)
  expect([swap.state, swap.reason]).toEqual(['returned', 'terms-damaged'])
  const { swap: bound, state } = await stand.paying()
  expect([bound, state]).toEqual([null, 'queued'])
  expect(await inFlightTotals(stand)).toEqual([0n, 0n])
  expect(await stand.faultsOf(id, before)).toEqual([])
})

test('a price that was damaged before the terms were verified ends the swap unpaid, and is nobody\u2019s fault', async () => {
  const stand = dyingBefore('verified')
  const { run } = stand
  const { id } = await askAndDie(stand)
  await change(stand, id, () => ({ quote: {} }))
  await goOn(stand)
  await stand.settle(60_000)
  const swap = await stand.swap(id)
  expect([swap.state, swap.reason]).toEqual(['failed-unpaid', 'terms-damaged'])
  const [provider] = await run(stand.node.swaps.providers())
  expect(provider).toMatchObject({ state: 'healthy', failed: 0 })
})

test('that terms were changed is told also when it could not be stored at first', async () => {
  const stand = dyingBefore('preimage-revealed')
  const { run } = stand
  const { id } = await askAndDie(stand)
  await damage(stand, id, damages['no terms'])
  let isFull = true
  let isChanged = false
  const hooks: CommitHooks = {
    async beforeCommit({ writes }) {
      const tells = writes.some(
        (write) => write.op === 'update' && write.set.reason === 'terms-damaged',
      )
      if (tells && isFull) throw new Error('the disk is full')
      if (!tells || isChanged) return
      isChanged = true
      await stand.node.swaps.raiseLimits(id, { claim: '9000 sat' })
    },
  }
  await goOn(stand, {}, hooks)
  await stand.settle(60_000)
  expect(await stand.told('swap.needs-operator')).toEqual([])
  isFull = false
  await stand.settle(60_000)
  expect(isChanged).toBe(true)
  expect(await stand.told('swap.needs-operator')).toHaveLength(1)
})

/** LND does not read invoices for us, from now on. Answers with what makes it do so again. */
function silenceDecoding({ lnd }: SwapStand): () => void {
  const details = { call: 'decodeInvoice', reason: 'internal' } as const
  return lnd.faults.add(({ call, moment }) =>
    call === 'decodeInvoice' && moment === 'before-effect'
      ? { error: new PaymentNodeError('node.refused', 'no', details) }
      : undefined,
  )
}

test('an LND that reads no invoice now is no damage: when it does, the swap is claimed', async () => {
  const stand = dyingBefore('preimage-revealed')
  const { run } = stand
  const { id } = await askAndDie(stand)
  const speak = silenceDecoding(stand)
  await goOn(stand)
  await stand.mine(10)
  const waiting = await stand.swap(id)
  expect([waiting.state, waiting.reason]).toEqual(['lockup-confirmed', 'lockup-unread'])
  expect((await run(stand.node.swaps.explain(id))).says).toContain('could not be looked at')
  expect(await stand.told('swap.needs-operator')).toEqual([])
  speak()
  expect((await stand.untilEnded(id)).state).toBe('claimed')
})

test('a lockup that cannot be looked at keeps a swap neither from its alarms nor from its end', async () => {
  for (const state of ['lockup-confirmed', 'preimage-revealed']) {
    const stand = dyingBefore(state, { server: { timeoutBlocks: 80 } })
    const { run } = stand
    const { id, before } = await askAndDie(stand)
    silenceDecoding(stand)
    await goOn(stand)
    await stand.mine(10)
    const swap = await stand.untilEnded(id, 90)
    const [provider] = await run(stand.node.swaps.providers())
    expect([swap.state, swap.reason, provider!.failed], state).toEqual([
      'returned',
      'lockup-unread',
      0,
    ])
    expect(await stand.told('swap.deadline-near'), state).toHaveLength(3)
    // Nobody knows whether it is there.
    expect(await stand.told('swap.lockup-overdue'), state).toEqual([])
    expect(before - (await stand.assets()), state).toBe(0n)
  }
})

test('terms that do not hold are not sent again: what LND never had ends unpaid when no LND would pay it', async () => {
  const stand = dyingUnsent()
  const { run } = stand
  const { id, before } = await askAndDie(stand)
  await damage(stand, id, damages['letters of the invoice'])
  await goOn(stand)
  // Its invoice has expired by our clock: LND's may go wrong.
  await stand.settle(2 * 3_600_000)
  const waiting = await stand.swap(id)
  expect([waiting.state, waiting.reason]).toEqual(['paying', 'terms-damaged'])
  await stand.settle(2 * 3_600_000)
  const swap = await stand.swap(id)
  expect([swap.state, swap.reason]).toEqual(['failed-unpaid', 'terms-damaged'])
  expect(await paymentsOf(stand)).toEqual([])
  expect(await stand.told('swap.needs-operator')).toHaveLength(1)
  expect(await stand.assets()).toBe(before)
  const [provider] = await run(stand.node.swaps.providers())
  expect(provider!.failed).toBe(0)
})

test('what is revealed is claimed with the stored bytes, also when its terms were changed', async () => {
  for (const name of ['the server\u2019s key', 'letters of the invoice', 'no terms'] as const) {
    const stand = dyingBefore('claim-published')
    const { run } = stand
    const { id, before } = await askAndDie(stand)
    await damage(stand, id, damages[name])
    await goOn(stand)
    const swap = await stand.untilEnded(id)
    expect(swap.state, name).toBe('claimed')
    const { service, routing, claim } = swap.costs
    const costs = service!.msat + routing!.msat + claim!.msat
    expect(before - (await stand.assets()), name).toBe(costs)
    expect((await run(stand.node.ledger.prove())).verdict, name).toBe('proved')
    expect((await run(stand.node.status())).isHalted, name).toBe(false)
  }
})
