import { type Change, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { createDaemon } from './delegated/daemon.ts'
import { openWithPayout, type PayoutStand } from './payout-stand.ts'

const writesTo = ({ writes }: Change, table: string, op: string): boolean =>
  writes.some((write) => write.table.name === table && write.op === op)

const codeOf = async (stand: PayoutStand, call: Promise<unknown>): Promise<string> =>
  stand.run(
    call.then(
      () => 'done',
      (error: unknown) => (PaymentNodeError.is(error) ? error.code : String(error)),
    ),
  )

/** The storage did not answer, and nothing was stored: the same change comes again a moment later. */
function lostOnce(): never {
  throw new PaymentNodeError('storage.unavailable', 'Injected.', { outcome: 'none' })
}

test('while a swap pays it nothing else happens to a payout: no cancel, release, verdict, deadline or transaction', async () => {
  const stand = await openWithPayout({ coinSat: 2_000_000n, faults: ['lockup-never'] })
  const { run, node, payout } = stand
  const before = await stand.assets()
  const { id } = await stand.askForPayout()
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('held')
  const verdict = { by: 'op', note: 'I say so', insist: true }
  for (const [name, call] of [
    ['cancel', () => node.payouts.cancel(payout.id)],
    ['release', () => node.payouts.release(payout.id)],
    ['failed', () => node.payouts.resolve(payout.id, 'failed', verdict)],
    ['succeeded', () => node.payouts.resolve(payout.id, 'succeeded', verdict)],
  ] as const) {
    await expect(run<unknown>(call()), name).rejects.toMatchObject({
      code: 'payout.in-swap',
      details: { payout: payout.id, swap: id },
    })
  }
  // There are coins, the feerate is low, and hours pass.
  await stand.settle(3_600_000)
  expect(await stand.paying()).toMatchObject({ state: 'queued', reason: 'in-swap', swap: id })
  expect((await stand.rowsOf(['transactions'])).transactions).toEqual([])
  const swap = await stand.untilEnded(id, 200)
  expect(swap.state).toBe('returned')
  await stand.settle(3_600_000)
  await stand.mine(8)
  const paid = await stand.paying()
  expect([paid.state, paid.swap]).toEqual(['succeeded', null])
  expect(stand.network.outputsTo(stand.address)).toHaveLength(1)
  expect(before - (await stand.assets())).toBe(400_000_000n + paid.fee!.msat)
  expect((await run(node.ledger.prove())).verdict).toBe('proved')
})

test('two swaps for one payout: one gets it, whoever else comes is told', async () => {
  const stand = await openWithPayout()
  const { run, node, payout } = stand
  const before = await stand.assets()
  const request = { amount: '600000 sat', payout: payout.id }
  const all = await run(
    Promise.allSettled(
      ['a', 'b', 'c'].map((idempotencyKey) => node.swaps.request(request, { idempotencyKey })),
    ),
  )
  const won = all.filter(({ status }) => status === 'fulfilled')
  expect(won).toHaveLength(1)
  for (const one of all)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'payout.in-swap' })
  const { items } = await run(node.swaps.list())
  expect(items).toHaveLength(1)
  expect(items[0]!.payout).toBe(payout.id)
  // The caps of those that lost are free.
  const { swap_totals: totals } = await stand.rowsOf(['swap_totals'])
  expect(totals!.map(({ amount_msat }) => amount_msat)).toEqual([600_000_000n, 600_000_000n])
  expect(await codeOf(stand, stand.askForPayout(600_000, 'late'))).toBe('payout.in-swap')
  const id = items[0]!.id
  expect((await stand.untilEnded(id)).state).toBe('claimed')
  expect(await stand.faultsOf(id, before)).toEqual([])
  expect(await codeOf(stand, stand.askForPayout(600_000, 'after'))).toBe('payout.not-queued')
})

test('the queue is about to take it when a swap binds it: the transaction comes to nothing', async () => {
  const held: { stand?: PayoutStand; bound?: Promise<unknown> } = {}
  const stand = await openWithPayout({
    coinSat: 2_000_000n,
    hooks: {
      beforeCommit(change) {
        if (held.bound || !held.stand || !writesTo(change, 'transactions', 'insert')) return
        held.bound = held.stand.node.swaps.request(
          { amount: '600000 sat', payout: held.stand.payout.id },
          { idempotencyKey: 'through' },
        )
        lostOnce()
      },
    },
  })
  held.stand = stand
  const before = await stand.assets()
  await stand.run(stand.node.payouts.release(stand.payout.id))
  await stand.settle()
  expect(held.bound, 'the queue wanted to take it').toBeDefined()
  const [swap] = (await stand.run(held.bound!)) as readonly { readonly id: string }[]
  expect((await stand.rowsOf(['transactions'])).transactions).toEqual([])
  expect((await stand.untilEnded(swap!.id)).state).toBe('claimed')
  expect(await stand.faultsOf(swap!.id, before)).toEqual([])
})

test('a swap is about to bind it when the queue takes it: the swap is refused', async () => {
  const held: { stand?: PayoutStand; released?: Promise<unknown> } = {}
  const stand = await openWithPayout({
    coinSat: 2_000_000n,
    hooks: {
      beforeCommit(change) {
        if (!held.stand || !writesTo(change, 'swaps', 'insert')) return
        held.released ??= held.stand.node.payouts.release(held.stand.payout.id)
        // Until the queue has it.
        if ([...held.stand.network.outputsTo(held.stand.address)].length === 0) lostOnce()
      },
    },
  })
  held.stand = stand
  const asked = codeOf(stand, stand.askForPayout())
  expect(await asked).toBe('payout.not-queued')
  await stand.mine(8)
  expect(await stand.paying()).toMatchObject({ state: 'succeeded', swap: null })
  expect(stand.network.outputsTo(stand.address)).toHaveLength(1)
  expect((await stand.run(stand.node.swaps.list())).items).toEqual([])
  const { swap_totals: totals, liquidity_budgets: budgets } = await stand.rowsOf([
    'swap_totals',
    'liquidity_budgets',
  ])
  expect([...totals!, ...budgets!]).toEqual([])
})

test('what cannot be paid by a claim is refused, and nothing is bound', async () => {
  const stand = await openWithPayout({ options: { swapping: { perSwap: '700000 sat' } } })
  const { run, node, payout, address } = stand
  const rows: readonly (readonly [name: string, input: unknown, code: string, says: unknown])[] = [
    ['unknown', { payout: 'f'.repeat(32) }, 'payout.not-found', {}],
    ['no id', { payout: 7 }, 'input.invalid', { field: 'payout' }],
    ['an address, too', { destination: address }, 'input.invalid', { field: 'payout' }],
    [
      'less than the payout',
      { amount: '400000 sat' },
      'swap.no-offer',
      { rejected: [{ provider: 'boltz', reason: 'too-small-for-payout' }] },
    ],
    [
      'too little for the dearest claim',
      { amount: '405000 sat' },
      'swap.no-offer',
      { rejected: [{ provider: 'boltz', reason: 'too-small-for-payout' }] },
    ],
    [
      'more than one swap',
      { amount: '800000 sat' },
      'swap.no-offer',
      { rejected: [{ provider: 'boltz', reason: 'needs-one-swap' }] },
    ],
  ]
  for (const [name, input, code, details] of rows) {
    const given = { amount: '600000 sat', payout: payout.id, ...(input as object) }
    const asked = run(node.swaps.request(given, { idempotencyKey: name.replaceAll(/\W/g, '-') }))
    await expect(asked, name).rejects.toMatchObject({ code, details })
  }
  const lightning = await run(
    node.payouts.request(
      { partner: 'm1', destination: stand.bill(1000).paymentRequest },
      { idempotencyKey: 'off-chain' },
    ),
  )
  expect(
    await codeOf(
      stand,
      node.swaps.request(
        { amount: '600000 sat', payout: lightning.id },
        { idempotencyKey: 'off-chain' },
      ),
    ),
  ).toBe('payout.not-queued')
  // A daemon claims to its own wallet.
  await run(node.stop())
  const daemon = createDaemon(() => stand).provider
  const other = stand.openNext({ swaps: [daemon] }).node
  await run(other.start())
  const asked = run(
    other.swaps.request(
      { amount: '600000 sat', payout: payout.id },
      { idempotencyKey: 'by-a-daemon' },
    ),
  )
  await expect(asked).rejects.toMatchObject({
    code: 'swap.no-offer',
    details: { rejected: [{ provider: daemon.name, reason: 'cannot-pay-payout' }] },
  })
  await run(other.stop())
  const { node: last } = stand.openNext()
  await run(last.start())
  expect(await stand.paying()).toMatchObject({ state: 'queued', swap: null })
  expect((await run(last.swaps.list())).items).toEqual([])
  // The least that does: the payout, the service, the dearest claim and dust.
  const tried: number[] = []
  for (let amount = 406_000; amount < 420_000; amount += 100) {
    const code = await codeOf(stand, stand.askForPayout(amount, `least-${amount}`))
    tried.push(amount)
    if (code === 'done') break
    expect(code).toBe('swap.no-offer')
  }
  const { items } = await run(last.swaps.list())
  const { amount, limits } = items[0]!
  const spare = amount.msat - limits.service!.msat - limits.claim!.msat - 400_330_000n
  expect([spare >= 0n, spare < 200_000n], `${tried.at(-1)}: ${spare}`).toEqual([true, true])
  expect((await stand.untilEnded(items[0]!.id)).state).toBe('claimed')
  expect((await stand.paying()).state).toBe('succeeded')
})

test('the same key gives the same swap, also when its payout was paid long ago; another payout is a conflict', async () => {
  const stand = await openWithPayout()
  const first = await stand.askForPayout()
  expect((await stand.askForPayout()).id).toBe(first.id)
  await stand.untilEnded(first.id)
  expect((await stand.askForPayout()).id).toBe(first.id)
  const without = stand.node.swaps.request({ amount: '600000 sat' }, { idempotencyKey: 'through' })
  expect(await codeOf(stand, without)).toBe('idempotency.conflict')
})
