import { expect, test } from 'vitest'
import { openSwaps, type SwapStand } from './swap-stand.ts'

/** Lets the swap come so far, block by block. */
async function until(stand: SwapStand, id: string, state: string): Promise<void> {
  for (let round = 0; round < 30; round++) {
    if ((await stand.swap(id)).state === state) return
    if (round > 1) stand.network.mine()
    await stand.settle(6000)
  }
  expect((await stand.swap(id)).state).toBe(state)
}

/** Nothing is left under way, the proof holds, and the books have exactly what is gone. */
async function expectSettled(stand: SwapStand, id: string, before: bigint): Promise<void> {
  const { service, routing, claim } = (await stand.swap(id)).costs
  const cost = service!.msat + routing!.msat + claim!.msat
  await stand.mine(8)
  expect(before - (await stand.assets())).toBe(cost)
  expect((await stand.run(stand.node.ledger.prove())).verdict).toBe('proved')
  expect((await stand.run(stand.node.ledger.balances())).world.deposits.msat).toBe(0n)
  const { swap_totals: totals } = await stand.rowsOf(['swap_totals'])
  expect(totals!.every(({ amount_msat }) => amount_msat === 0n)).toBe(true)
}

test('the proof says proved at every step of a swap', async () => {
  const verdicts: string[] = []
  const states = new Set<string>()
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const before = await stand.assets()
  const { id } = await stand.ask(1_000_000)
  for (let round = 0; round < 200; round++) {
    const { state, endedAt } = await stand.swap(id)
    states.add(state)
    const { verdict } = await stand.run(stand.node.ledger.prove())
    if (verdict !== 'proved') verdicts.push(`${state}: ${verdict}`)
    if (endedAt !== null) break
    if (round > 20 && round % 5 === 0) stand.network.mine()
    await stand.clock.advance(round < 20 ? 40 : 1500)
  }
  expect(verdicts).toEqual([])
  expect(states).toContain('held')
  expect(states).toContain('claim-published')
  expect(states).toContain('claimed')
  await expectSettled(stand, id, before)
})

test('halted: nothing new is asked for or paid, what is held is claimed all the same', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const before = await stand.assets()
  const held = await stand.ask(500_000)
  await until(stand, held.id, 'lockup-seen')
  // Asked for, and not paid yet.
  const asked = await stand.ask(300_000)
  await stand.run(stand.node.safety.halt('a drill'))
  const refused = stand.run(
    stand.node.swaps.request({ amount: '100000 sat' }, { idempotencyKey: 'new' }),
  )
  await expect(refused).rejects.toMatchObject({ code: 'safety.halted' })
  await stand.mine(2)
  const waiting = await stand.swap(asked.id)
  expect([waiting.state, waiting.reason]).toEqual(['created', 'halted'])
  expect((await stand.untilEnded(held.id)).state).toBe('claimed')
  const payments = await stand.run(stand.lnd.lightning.listPayments({ afterIndex: 0n, limit: 10 }))
  expect(payments).toHaveLength(1)
  // Its price is too old when money may go again.
  await stand.settle(900_000)
  await stand.run(stand.node.safety.resume('it was a drill'))
  await stand.settle()
  const ended = await stand.swap(asked.id)
  expect([ended.state, ended.reason]).toEqual(['failed-unpaid', 'outdated'])
  await expectSettled(stand, held.id, before)
})

test('halted between the terms and the payment: it waits, and goes on when it is not too late', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  let isHalted = false
  stand.node.on('swap.verified', () => {
    if (isHalted) return
    isHalted = true
    void stand.node.safety.halt('a drill')
  })
  const { id } = await stand.ask(500_000)
  await stand.settle()
  const payments = await stand.run(stand.lnd.lightning.listPayments({ afterIndex: 0n, limit: 10 }))
  const swap = await stand.swap(id)
  // Whoever was faster: either nothing was paid, or it was paid before.
  if (payments.length === 0) expect([swap.state, swap.reason]).toEqual(['verified', 'halted'])
  await stand.run(stand.node.safety.resume('over'))
  expect((await stand.untilEnded(id)).state).toBe('claimed')
})

test('a reorganization after the reveal: the claim waits, and confirms again', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const before = await stand.assets()
  const { id } = await stand.ask(1_000_000)
  await until(stand, id, 'claim-published')
  await stand.mine(2)
  stand.network.reorganize(3)
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('claim-published')
  expect((await stand.untilEnded(id)).state).toBe('claimed')
  await expectSettled(stand, id, before)
})

test('a claim that no block takes is replaced by dearer ones; each was stored before', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const before = await stand.assets()
  const { id } = await stand.ask(1_000_000)
  await until(stand, id, 'lockup-seen')
  stand.network.mine()
  await stand.clock.advance(100)
  // From now on blocks ask more and more.
  for (const feerate of [4, 9, 20]) {
    stand.network.setFeerate(feerate)
    await stand.settle(40_000)
    stand.network.mine()
    await stand.settle(40_000)
  }
  const swap = await stand.untilEnded(id)
  expect(swap.state).toBe('claimed')
  expect(swap.claims).toBeGreaterThan(2)
  const { claims } = await stand.run(stand.node.swaps.explain(id))
  expect(claims).toHaveLength(swap.claims)
  const confirmed = claims.filter(({ confirmedHeight }) => confirmedHeight !== null)
  expect(confirmed).toHaveLength(1)
  expect(confirmed[0]!.fee.msat).toBe(swap.costs.claim!.msat)
  const fees = claims.slice(1).map(({ fee }) => fee.msat)
  expect([...fees].sort((a, b) => Number(a - b))).toEqual(fees)
  await expectSettled(stand, id, before)
})

test('a chain dearer than the claim may be: nothing is revealed, until the limit is raised', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const { id } = await stand.ask(1_000_000)
  await until(stand, id, 'lockup-seen')
  stand.network.setFeerate(60)
  // A feerate that was read is kept for a moment.
  await stand.settle(40_000)
  stand.network.mine()
  await stand.settle(60_000)
  const waiting = await stand.swap(id)
  expect([waiting.state, waiting.reason]).toEqual(['lockup-confirmed', 'claim-above-limit'])
  expect(waiting.claims).toBe(0)
  const raised = await stand.run(stand.node.swaps.raiseLimits(id, { claim: '12000 sat' }))
  expect(raised.limits.claim!.msat).toBe(12_000_000n)
  await stand.settle()
  expect((await stand.swap(id)).revealedAt).not.toBeNull()
  const late = stand.run(stand.node.swaps.raiseLimits(id, { claim: '13000 sat' }))
  await expect(late).rejects.toMatchObject({ code: 'swap.not-live' })
  expect((await stand.untilEnded(id)).state).toBe('claimed')
})

test('lost replies of LND and of the storage: found out, without a second payment', async () => {
  for (const lost of [
    'pay',
    'publishTransaction',
    'newAddress',
    'decodeInvoice',
    'trackPayment',
  ] as const)
    for (const moment of ['before-effect', 'after-effect'] as const) {
      const stand = openSwaps()
      await stand.run(stand.node.start())
      const before = await stand.assets()
      stand.lnd.faults.once(lost, moment, { outcome: 'unknown' })
      const { id } = await stand.ask(1_000_000)
      const swap = await stand.untilEnded(id)
      expect(swap.state, `${lost} ${moment}`).toBe('claimed')
      const payments = await stand.run(
        stand.lnd.lightning.listPayments({ afterIndex: 0n, limit: 10 }),
      )
      expect(payments, `${lost} ${moment}`).toHaveLength(1)
      await expectSettled(stand, id, before)
    }
})

test('LND is away at each state of a swap: it goes on when LND is back', async () => {
  for (const state of ['lockup-seen', 'claim-published']) {
    const stand = openSwaps()
    await stand.run(stand.node.start())
    const before = await stand.assets()
    const { id } = await stand.ask(1_000_000)
    await until(stand, id, state)
    stand.lnd.stop()
    await stand.mine(2)
    stand.lnd.start()
    await stand.settle()
    expect((await stand.untilEnded(id)).state, state).toBe('claimed')
    await expectSettled(stand, id, before)
  }
})

test('alarms while nothing comes: 72, 36 and 12 blocks before the timeout', async () => {
  const stand = openSwaps({ faults: ['lockup-never'], server: { timeoutBlocks: 80 } })
  await stand.run(stand.node.start())
  const { id } = await stand.ask(1_000_000)
  const swap = await stand.untilEnded(id, 90)
  expect(swap.state).toBe('returned')
  const alarms = (await stand.events('swap.deadline-near')).map(
    ({ data }) => (data as { blocksLeft: number }).blocksLeft,
  )
  expect(alarms).toEqual([72, 36, 12])
})

test('the key that swaps were made with is needed to claim them, and another one is refused', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const { id } = await stand.ask(1_000_000)
  await until(stand, id, 'lockup-seen')
  await stand.run(stand.node.stop())
  const other = { invoices: stand.invoiceKey, swaps: new Uint8Array(32).fill(9).fill(8, 4) }
  const wrong = stand.openNext({ keys: other })
  await expect(stand.run(wrong.node.start())).rejects.toMatchObject({
    code: 'keys.mismatch',
    details: { purpose: 'swaps' },
  })
  stand.openNext()
  await stand.run(stand.node.start())
  expect((await stand.untilEnded(id)).state).toBe('claimed')
})

test('an operator\u2019s own address is paid straight from the claim, and booked as taken out', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const before = await stand.assets()
  const address = await stand.run(stand.payer.lightning.onchain!.newAddress('taproot'))
  const [asked] = await stand.run(
    stand.node.swaps.request(
      { amount: '800000 sat', destination: address },
      { idempotencyKey: 'out' },
    ),
  )
  const swap = await stand.untilEnded(asked!.id)
  expect([swap.state, swap.destination]).toEqual(['claimed', address])
  const { service, routing, claim } = swap.costs
  const costMsat = service!.msat + routing!.msat + claim!.msat
  const paid = stand.network.outputsTo(address).map(({ amountSat }) => amountSat * 1000n)
  expect(paid).toEqual([800_000_000n + routing!.msat - costMsat])
  await stand.mine(8)
  expect(before - (await stand.assets())).toBe(costMsat + paid[0]!)
  const { world, sum } = await stand.run(stand.node.ledger.balances())
  expect([world.deposits.msat, sum.msat]).toEqual([paid[0], 0n])
  expect((await stand.run(stand.node.ledger.prove())).verdict).toBe('proved')
})

test('a lockup that was reorganized away while LND was down is not believed any more', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const { id } = await stand.ask(1_000_000)
  await until(stand, id, 'lockup-seen')
  stand.network.setFeerate(60)
  await stand.settle(40_000)
  stand.network.setFeerate(1)
  stand.network.mine()
  stand.network.setFeerate(60)
  await stand.settle(1000)
  await until(stand, id, 'lockup-confirmed')
  stand.lnd.stop()
  await stand.settle(1000)
  stand.network.setFeerate(2_000_000)
  stand.network.reorganize(1)
  stand.lnd.start()
  await stand.settle(20_000)
  // Cheap enough again, and not in a block.
  stand.network.setFeerate(5)
  await stand.settle(60_000)
  const waiting = await stand.swap(id)
  expect(waiting.revealedAt).toBeNull()
  expect(waiting.claims).toBe(0)
  expect((await stand.untilEnded(id)).state).toBe('claimed')
})
