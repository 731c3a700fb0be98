import { type Change, PaymentNodeError } from '@payment-node/core'
import { copyMemoryData, type MemoryData, memory } from '@payment-node/storage-memory'
import { type BoltzFault, boltzFaults } from '@payment-node/testkit/boltz-server'
import { expect, test } from 'vitest'
import { payouts } from '../../src/tables/payouts.ts'
import { update } from '../../src/tables/table.ts'
import { openWithPayout, type PayoutStand, type PayoutStandSettings } from './payout-stand.ts'

/** Lets the swap come so far, block by block. */
async function until(stand: PayoutStand, id: string, state: string): Promise<void> {
  for (let round = 0; round < 30; round++) {
    if ((await stand.swap(id)).state === state) return
    if (round > 1) stand.network.mine()
    await stand.settle(6000)
  }
  expect((await stand.swap(id)).state).toBe(state)
}

const claimsOf = async ({ run, node }: PayoutStand, id: string) =>
  (await run(node.swaps.explain(id))).claims

const partnerGot = ({ network, address }: PayoutStand): readonly bigint[] =>
  network.outputsTo(address).map(({ amountSat }) => amountSat)

/** While more than 72 blocks are left no claim pays more than 30 sat/vB, whatever blocks ask. */
async function passSpike(stand: PayoutStand, id: string): Promise<void> {
  const { timeoutHeight } = await stand.swap(id)
  while (timeoutHeight! - stand.network.blockHeight > 73) await stand.mine()
  const feerates = (await claimsOf(stand, id)).map(({ feerate }) => feerate)
  expect(Math.max(...feerates)).toBeLessThan(31)
}

test('dearer claims take of the rest first; what would take of the payout goes to the wallet, and the queue pays it', async () => {
  const stand = await openWithPayout({ server: { timeoutBlocks: 80 } })
  const before = await stand.assets()
  const { id } = await stand.askForPayout()
  await until(stand, id, 'lockup-seen')
  stand.network.mine()
  await stand.clock.advance(100)
  // Blocks ask for more than each claim pays.
  for (const feerate of [20, 100, 400, 1500, 2500]) {
    stand.network.setFeerate(feerate)
    await stand.settle(40_000)
    if (feerate === 100) await passSpike(stand, id)
    stand.network.mine()
    await stand.settle(40_000)
  }
  const claims = await claimsOf(stand, id)
  const pays = claims.map(({ paysPayout }) => paysPayout)
  expect(pays.filter(Boolean).length, `${pays}`).toBeGreaterThanOrEqual(3)
  expect(pays.at(-1)).toBe(false)
  expect(pays.indexOf(false), 'once it is the wallet it stays so').toBe(pays.lastIndexOf(true) + 1)
  expect((await stand.paying()).reason).toBe('in-swap')
  const swap = await stand.untilEnded(id)
  expect(swap.state).toBe('claimed')
  expect(await stand.paying()).toMatchObject({ state: 'queued', swap: null })
  expect(await stand.told('payout.')).toEqual(['payout.queued', 'payout.queued'])
  const [, again] = await stand.events('payout.queued')
  expect(again!.data).toMatchObject({ payout: { reason: 'swap-ended', swap: null } })
  expect(await stand.faultsOf(id, before)).toEqual([])
  // The queue has it again: with coins it goes, once.
  stand.network.setFeerate(1)
  stand.lnd.fund(1_000_000n)
  await stand.settle(60_000)
  await stand.mine(10)
  expect(await stand.paying()).toMatchObject({ state: 'succeeded', swap: null })
  expect(partnerGot(stand)).toEqual([400_000n])
})

test('a reorganization takes the claim out of its block: the one that is buried at last decides', async () => {
  for (const feerate of [1, 2500]) {
    const stand = await openWithPayout({ server: { timeoutBlocks: 76 } })
    const before = await stand.assets()
    const { id } = await stand.askForPayout()
    await until(stand, id, 'claim-published')
    await stand.mine(3)
    expect(partnerGot(stand)).toEqual([400_000n])
    expect((await stand.paying()).state).toBe('queued')
    stand.network.setFeerate(feerate)
    stand.network.reorganize(3)
    await stand.settle(60_000)
    expect((await stand.swap(id)).state).toBe('claim-published')
    expect((await stand.paying()).reason).toBe('in-swap')
    await stand.mine(2)
    expect((await stand.untilEnded(id)).state).toBe('claimed')
    const { state, swap } = await stand.paying()
    expect([state, swap], `${feerate}`).toEqual(
      feerate === 1 ? ['succeeded', id] : ['queued', null],
    )
    expect(await stand.faultsOf(id, before), `${feerate}`).toEqual([])
  }
})

test('the payment came back after the reveal, and another process leads: LND is asked to say the end, and the partner is paid', async () => {
  for (const isExclusive of [true, false]) {
    const stand = await openWithPayout({ faults: ['vanishes-after-lockup'], isExclusive })
    const before = await stand.assets()
    Object.assign(stand.payee, {
      settleHold() {
        throw new Error('the provider is away')
      },
    })
    const { id, paymentHash } = await stand.askForPayout()
    await until(stand, id, 'claim-published')
    stand.current.kill()
    stand.payee.cancelHold(paymentHash)
    await stand.clock.advance(1000)
    const { node } = stand.openNext()
    await stand.run(node.start())
    await stand.mine(10)
    // A call of the process before could still start it, as long as its invoice holds.
    if (!isExclusive) {
      expect(await stand.swap(id)).toMatchObject({
        state: 'claim-published',
        reason: 'payment-unclear',
      })
      await stand.clock.advance(6 * 3_600_000)
    }
    await stand.mine(2)
    expect((await stand.swap(id)).state, `exclusive: ${isExclusive}`).toBe('claimed')
    expect(await stand.paying()).toMatchObject({ state: 'succeeded', swap: id })
    expect(partnerGot(stand)).toEqual([400_000n])
    const [total] = (await stand.rowsOf(['swap_totals'])).swap_totals!
    expect(total!.amount_msat).toBe(0n)
    const { sum } = await stand.run(node.ledger.balances())
    expect(sum.msat).toBe(0n)
    expect((await stand.run(node.ledger.prove())).verdict).toBe('proved')
    // The operator has what was locked up for nothing.
    expect(before - (await stand.assets())).toBeLessThan(0n)
  }
})

test('the provider does not take its payment: the payout is settled when the claim is buried, and only the swap waits', async () => {
  for (const feerate of [1, 2500]) {
    const stand = await openWithPayout({
      faults: ['vanishes-after-lockup'],
      server: { timeoutBlocks: 74 },
    })
    const { run, node } = stand
    const before = await stand.assets()
    Object.assign(stand.payee, {
      settleHold() {
        throw new Error('the provider is away')
      },
    })
    const { id, paymentHash } = await stand.askForPayout()
    await until(stand, id, 'claim-published')
    stand.network.setFeerate(feerate)
    if (feerate > 1) {
      stand.network.reorganize(1)
      await stand.settle(60_000)
    }
    await until(stand, id, 'claim-published')
    for (let block = 0; block < 12 && !(await stand.swap(id)).costs.claim; block++) {
      expect(await stand.paying(), `${block}`).toMatchObject({ reason: 'in-swap', swap: id })
      await stand.mine()
    }
    const isPaid = feerate === 1
    expect(await stand.swap(id)).toMatchObject({ state: 'claim-published', endedAt: null })
    expect(await stand.paying()).toMatchObject(
      isPaid ? { state: 'succeeded', swap: id } : { state: 'queued', swap: null },
    )
    const { says } = await run(node.swaps.explain(id))
    expect(says).toContain(isPaid ? `has paid payout ${stand.payout.id}` : 'has not paid payout')
    const told = isPaid ? 'payout.succeeded' : 'payout.queued'
    expect((await stand.told('')).at(-1)).toBe(told)
    // While it waits: nothing is missing, nothing is booked, and what is under way still counts.
    await stand.settle(900_000)
    await stand.mine(2)
    expect((await stand.swap(id)).reason).toBe('payment-open')
    expect((await run(node.safety.status())).isHalted).toBe(false)
    const { sum, world } = await run(node.ledger.balances())
    expect([sum.msat, world.unexplained.msat, world.swapFees.msat]).toEqual([0n, 0n, 0n])
    expect((await run(node.ledger.prove())).verdict).toBe('proved')
    const [total] = (await stand.rowsOf(['swap_totals'])).swap_totals!
    expect(total!.amount_msat).toBe(600_000_000n)
    stand.payee.cancelHold(paymentHash)
    await stand.mine(2)
    expect((await stand.swap(id)).state).toBe('claimed')
    const all = await stand.told('')
    expect(all.lastIndexOf(told)).toBeLessThan(all.indexOf('swap.claimed'))
    expect(all.filter((type) => type === 'payout.succeeded')).toHaveLength(isPaid ? 1 : 0)
    expect(partnerGot(stand)).toEqual(isPaid ? [400_000n] : [])
    expect((await run(node.ledger.balances())).sum.msat).toBe(0n)
    expect((await run(node.ledger.prove())).verdict).toBe('proved')
    expect((await run(node.safety.status())).isHalted).toBe(false)
    // The operator has what was locked up for nothing.
    expect(before - (await stand.assets())).toBeLessThan(0n)
  }
})

test('a reorganization deeper than any: dearer claims pay the partner, whose payout counts as paid, all the same', async () => {
  const stand = await openWithPayout({
    faults: ['vanishes-after-lockup'],
    server: { timeoutBlocks: 76 },
  })
  Object.assign(stand.payee, {
    settleHold() {
      throw new Error('the provider is away')
    },
  })
  const { id, paymentHash } = await stand.askForPayout()
  await until(stand, id, 'claim-published')
  await stand.mine(6)
  expect((await stand.paying()).state).toBe('succeeded')
  stand.network.setFeerate(50)
  stand.network.reorganize(6)
  await stand.settle(60_000)
  const claims = await claimsOf(stand, id)
  expect(claims.length).toBeGreaterThan(1)
  expect(claims.every(({ paysPayout }) => paysPayout)).toBe(true)
  stand.payee.cancelHold(paymentHash)
  expect((await stand.untilEnded(id)).state).toBe('claimed')
  expect(partnerGot(stand)).toEqual([400_000n])
  expect((await stand.paying()).state).toBe('succeeded')
})

test('before the reveal: a claim that pays the partner must keep its limit, or nothing is revealed', async () => {
  const stand = await openWithPayout({ server: { timeoutBlocks: 80 } })
  const before = await stand.assets()
  const { id, limits } = await stand.askForPayout()
  // With two outputs it may have 195 virtual bytes, at 30 sat/vB.
  expect(limits.claim!.msat).toBe(5_850_000n)
  await until(stand, id, 'lockup-seen')
  stand.network.setFeerate(31)
  await stand.settle(40_000)
  stand.network.mine()
  await stand.settle(60_000)
  const waiting = await stand.swap(id)
  expect([waiting.state, waiting.reason, waiting.claims]).toEqual([
    'lockup-confirmed',
    'claim-above-limit',
    0,
  ])
  // What is left beside the payout is the most.
  const most = waiting.onchain!.msat / 1000n - 400_000n - 330n
  const raise = (sat: bigint) =>
    stand.run(stand.node.swaps.raiseLimits(id, { claim: `${sat} sat` }))
  await expect(raise(most + 1n)).rejects.toMatchObject({
    code: 'input.invalid',
    details: { field: 'limits.claim' },
  })
  await stand.mine(50)
  const swap = await stand.untilEnded(id, 60)
  expect([swap.state, swap.claims]).toEqual(['returned', 0])
  expect(await stand.paying()).toMatchObject({ state: 'queued', swap: null })
  expect(await stand.faultsOf(id, before)).toEqual([])
})

test('a limit that was raised as far as it goes still pays the partner', async () => {
  const stand = await openWithPayout({ options: { swapping: { perDay: '400000 sat' } } })
  const before = await stand.assets()
  const { id } = await stand.askForPayout()
  await until(stand, id, 'lockup-seen')
  stand.network.setFeerate(900)
  await stand.settle(40_000)
  stand.network.mine()
  await stand.settle(60_000)
  const { state, onchain } = await stand.swap(id)
  expect(state).toBe('lockup-confirmed')
  const most = onchain!.msat / 1000n - 400_000n - 330n
  await stand.run(stand.node.swaps.raiseLimits(id, { claim: `${most} sat` }))
  await stand.settle()
  expect((await stand.untilEnded(id)).state).toBe('claimed')
  expect(await stand.paying()).toMatchObject({ state: 'succeeded', swap: id })
  expect(await stand.faultsOf(id, before)).toEqual([])
})

test('a provider that cheats or fails in any way: the partner is paid once by the claim, or waits in the queue again', async () => {
  const wrong: string[] = []
  let claimed = 0
  for (const fault of Object.keys(boltzFaults) as BoltzFault[]) {
    const stand = await openWithPayout({ faults: [fault] })
    const before = await stand.assets()
    let id: string
    try {
      ;({ id } = await stand.askForPayout())
    } catch (error) {
      if (!PaymentNodeError.is(error, 'swap.no-offer')) throw error
      if ((await stand.paying()).swap !== null) wrong.push(`${fault}: bound to nothing`)
      continue
    }
    const swap = await stand.untilEnded(id, 200)
    const { state } = await stand.paying()
    const worst = [swap.limits.service, swap.limits.routing, swap.limits.claim]
    const cost = [swap.costs.service, swap.costs.routing, swap.costs.claim]
    const sum = (some: typeof worst): bigint =>
      some.reduce((total, amount) => total + (amount?.msat ?? 0n), 0n)
    if (sum(cost) > sum(worst)) wrong.push(`${fault}: cost ${sum(cost)} of ${sum(worst)}`)
    const wanted = swap.state === 'claimed' ? 'succeeded' : 'queued'
    if (swap.state === 'claimed') claimed++
    if (swap.state === 'lost') wrong.push(`${fault}: lost`)
    if (state !== wanted) wrong.push(`${fault}: ${swap.state}, and the payout is ${state}`)
    for (const says of await stand.faultsOf(id, before)) wrong.push(`${fault}: ${says}`)
  }
  expect(wrong).toEqual([])
  expect(claimed).toBeGreaterThan(20)
}, 120_000)

test('halted: a swap that is only asked for ends as too old, and gives its payout back', async () => {
  const stand = await openWithPayout()
  const before = await stand.assets()
  const requested = stand.node.swaps.request(
    { amount: '600000 sat', payout: stand.payout.id },
    { idempotencyKey: 'halted' },
  )
  const [swap] = await stand.run(requested)
  await stand.run(stand.node.safety.halt('a drill'))
  await stand.settle(700_000)
  await stand.run(stand.node.safety.resume('over'))
  const ended = await stand.untilEnded(swap!.id)
  expect([ended.state, ended.reason]).toEqual(['failed-unpaid', 'outdated'])
  expect(await stand.paying()).toMatchObject({ state: 'queued', swap: null })
  expect(await stand.faultsOf(swap!.id, before)).toEqual([])
})

test('books that were damaged: a claim pays nobody whose payout is no longer its own', async () => {
  const stand = await openWithPayout({ server: { timeoutBlocks: 80 } })
  const before = await stand.assets()
  const { id } = await stand.askForPayout()
  await until(stand, id, 'lockup-seen')
  const { storage } = stand.current
  const bind = async (swap: string) => {
    const row = await stand.run(storage.get(payouts, [stand.payout.id]))
    const answer = await stand.run(storage.commit({ writes: [update(payouts, row!, { swap })] }))
    expect(answer.committed).toBe(true)
  }
  await bind('f'.repeat(32))
  await stand.mine(2)
  expect(await stand.swap(id)).toMatchObject({
    state: 'lockup-confirmed',
    reason: 'payout-not-bound',
    claims: 0,
  })
  await bind(id)
  await stand.settle(60_000)
  expect((await stand.untilEnded(id)).state).toBe('claimed')
  expect((await stand.paying()).state).toBe('succeeded')
  expect(await stand.faultsOf(id, before)).toEqual([])
})

/** Its claim is on its way when the payout is made another's. */
async function withLostPayout(settings: PayoutStandSettings = {}) {
  const stand = await openWithPayout(settings)
  const { run } = stand
  if (settings.faults?.includes('vanishes-after-lockup')) {
    Object.assign(stand.payee, {
      settleHold() {
        throw new Error('the provider is away')
      },
    })
  }
  const { id } = await stand.askForPayout()
  await until(stand, id, 'claim-published')
  const { storage } = stand.current
  const row = await run(storage.get(payouts, [stand.payout.id]))
  await run(storage.commit({ writes: [update(payouts, row!, { swap: 'f'.repeat(32) })] }))
  return { stand, id }
}

test('books that were damaged after the reveal: a claim that has paid somebody else\u2019s payout halts, and tells', async () => {
  const { stand, id } = await withLostPayout()
  const { run, node, payout } = stand
  expect((await run(node.safety.status())).isHalted).toBe(false)
  await stand.mine(8)
  expect((await stand.swap(id)).state).toBe('claimed')
  expect(partnerGot(stand)).toEqual([400_000n])
  const { isHalted, cause, reason } = await run(node.safety.status())
  expect([isHalted, cause]).toEqual([true, 'paid-twice'])
  expect(reason).toContain(id)
  expect(reason).toContain(`has paid payout ${payout.id}`)
  const told = await stand.events('swap.paid-twice')
  const { claims } = await run(node.swaps.explain(id))
  const { transactionId } = claims.find(({ confirmedHeight }) => confirmedHeight !== null)!
  expect(told.map(({ data }) => data)).toMatchObject([
    { swap: { id, payout: payout.id }, transactionId, says: reason },
  ])
  expect(await stand.told('payout.')).toEqual(['payout.queued'])
  // What is done already is not halted again.
  await run(node.safety.resume('looked'))
  await stand.mine(2)
  expect((await run(node.safety.status())).cause).not.toBe('paid-twice')
  expect(await stand.events('swap.paid-twice')).toHaveLength(1)
})

test('the alarm does not wait for the payment, comes once whatever fails when it is stored, and hides no other halt', async () => {
  for (const fails of ['answer is lost', 'process dies before', 'process dies after'] as const) {
    const living: { stand?: PayoutStand } = {}
    const isAlarm = ({ events }: Change): boolean =>
      living.stand !== undefined &&
      (events ?? []).some(({ type }) => type === 'swap.paid-twice') &&
      delete living.stand
    const { stand, id } = await withLostPayout({
      faults: ['vanishes-after-lockup'],
      hooks: {
        beforeCommit(change) {
          const { stand: alive } = living
          if (fails === 'process dies before' && isAlarm(change)) alive!.current.kill()
        },
        afterCommit(change) {
          const { stand: alive } = living
          if (fails === 'process dies before' || !isAlarm(change)) return
          if (fails === 'process dies after') return alive!.current.kill()
          throw new PaymentNodeError('storage.unavailable', 'Injected.', { outcome: 'unknown' })
        },
      },
    })
    living.stand = stand
    const { run } = stand
    await run(stand.node.safety.halt('a drill'))
    await stand.mine(8)
    expect(living.stand, `${fails}: it was reached`).toBeUndefined()
    if (stand.current.life.isOver) await run(stand.openNext().node.start())
    await stand.mine(3)
    const swap = await stand.swap(id)
    expect([swap.state, swap.reason], fails).toEqual(['claim-published', 'payment-open'])
    const { reason, cause } = await run(stand.current.node.safety.status())
    expect(reason, fails).toMatch(/^The claim of swap .* Before: a drill$/)
    expect(cause, fails).toBe('paid-twice')
    expect(await stand.events('swap.paid-twice'), fails).toHaveLength(1)
  }
})

test('the operator pays fees: the partner gives the amount and nothing else', async () => {
  const stand = await openWithPayout()
  await stand.run(stand.node.partners.upsert({ id: 'm1', payout: { feesPaidBy: 'operator' } }))
  const other = await stand.run(stand.payer.lightning.onchain!.newAddress('taproot'))
  const payout = await stand.run(
    stand.node.payouts.request(
      { partner: 'm1', destination: other, amount: '200000 sat' },
      { idempotencyKey: 'by-operator' },
    ),
  )
  const [swap] = await stand.run(
    stand.node.swaps.request(
      { amount: '300000 sat', payout: payout.id },
      { idempotencyKey: 'by-operator' },
    ),
  )
  expect((await stand.untilEnded(swap!.id)).state).toBe('claimed')
  const paid = await stand.run(stand.node.payouts.get(payout.id))
  expect([paid.state, paid.fee!.msat]).toEqual(['succeeded', 0n])
  const { partners, sum } = await stand.run(stand.node.ledger.balances())
  const m1 = partners.find(({ partner }) => partner === 'm1')!
  const reserved = stand.payout.amount.msat + stand.payout.feeLimit.msat
  expect([m1.reserved.msat, m1.available.msat, sum.msat]).toEqual([
    reserved,
    1_000_000_000n - reserved - 200_000_000n,
    0n,
  ])
  expect((await stand.run(stand.node.ledger.prove())).verdict).toBe('proved')
  const rows = await stand.rowsOf(['operator_fee_days', 'day_totals'])
  expect(rows.operator_fee_days!.map(({ amount_msat }) => amount_msat)).toEqual([0n])
  expect(rows.day_totals!.map(({ amount_msat }) => amount_msat)).toEqual([reserved + 200_000_000n])
})

test('an old copy of the books asks nobody for a swap whose payout newer ones may have paid in another way', async () => {
  let copy: MemoryData | undefined
  const stand = await openWithPayout({
    coinSat: 2_000_000n,
    faults: ['creation-refused'],
    hooks: {
      afterCommit({ writes }) {
        if (writes.some(({ op, table }) => op === 'insert' && table.name === 'swaps'))
          copy ??= copyMemoryData(stand.data)
      },
    },
  })
  const { run } = stand
  const { id } = await stand.askForPayout()
  expect((await stand.untilEnded(id, 1)).state).toBe('failed-unpaid')
  await run(stand.node.payouts.release(stand.payout.id))
  await stand.mine(8)
  expect(await stand.paying()).toMatchObject({ state: 'succeeded', swap: null })
  stand.current.kill()
  stand.server.faults.remove('creation-refused')
  const { node } = stand.openNext({ storage: memory({ data: copy!, exclusive: true }) }, {})
  await run(node.start())
  await stand.settle(60_000)
  if ((await run(node.safety.status())).isHalted) await run(node.safety.resume('seen'))
  await stand.mine(8)
  const swap = await stand.swap(id)
  expect([swap.state, swap.reason]).toEqual(['failed-unpaid', 'payout-maybe-paid'])
  expect(await stand.paying()).toMatchObject({ state: 'queued', reason: 'maybe-paid', swap: null })
  expect(partnerGot(stand)).toEqual([400_000n])
  expect(await run(stand.lnd.lightning.listPayments({ afterIndex: 0n, limit: 10 }))).toEqual([])
  await expect(stand.askForPayout(600_000, 'again')).rejects.toMatchObject({
    code: 'payout.maybe-paid',
  })
})

test('an old copy of a swap that was never with LND, whose payout the queue has paid since: it ends, and the operator has the word', async () => {
  let copy: MemoryData | undefined
  const stand = await openWithPayout({
    coinSat: 2_000_000n,
    hooks: {
      afterCommit({ writes }) {
        const isPaying = writes.some(
          (write) =>
            write.op === 'update' && write.table.name === 'swaps' && write.set.state === 'paying',
        )
        if (isPaying) copy ??= copyMemoryData(stand.data)
      },
    },
  })
  const { run } = stand
  let fault: object = { outcome: 'none' }
  stand.lnd.faults.add(({ call, moment }) =>
    call === 'pay' && moment === 'before-effect' ? fault : undefined,
  )
  const { id } = await stand.askForPayout()
  await stand.settle(60_000)
  expect((await stand.swap(id)).state).toBe('paying')
  // While nothing reaches LND its invoice runs out.
  await stand.clock.advance(6 * 3_600_000)
  const says = { call: 'pay', reason: 'expired' }
  fault = { error: new PaymentNodeError('node.refused', 'expired', says) }
  expect((await stand.untilEnded(id, 5)).state).toBe('failed-unpaid')
  await stand.mine(8)
  expect(await stand.paying()).toMatchObject({ state: 'succeeded', swap: null })
  stand.current.kill()
  const { node } = stand.openNext({ storage: memory({ data: copy!, exclusive: true }) }, {})
  await run(node.start())
  await stand.settle(60_000)
  expect((await run(node.safety.status())).cause).toBe('books-behind')
  expect(await stand.swap(id)).toMatchObject({ state: 'paying', reason: 'payout-maybe-paid' })
  await run(node.safety.resume('seen'))
  await stand.mine(2)
  expect((await stand.swap(id)).state).toBe('failed-unpaid')
  expect(await stand.paying()).toMatchObject({ state: 'queued', swap: null })
  await stand.mine(8)
  expect(await run(stand.lnd.lightning.listPayments({ afterIndex: 0n, limit: 10 }))).toEqual([])
  const verdict = { by: 'op', note: 'the chain shows the transaction', fee: '0 sat' }
  await run(node.payouts.resolve(stand.payout.id, 'succeeded', verdict))
  expect((await stand.paying()).state).toBe('succeeded')
  expect(partnerGot(stand)).toEqual([400_000n])
})

test('an old copy of the books: what newer ones have claimed counts, and no partner is paid twice', async () => {
  for (const moment of [
    'stored',
    'asked_at',
    'terms',
    'verified',
    'paying',
    'held',
    'lockup-confirmed',
    'preimage-revealed',
    'claim-published',
    'claimed',
  ]) {
    let copy: MemoryData | undefined
    const stand = await openWithPayout({
      hooks: {
        beforeCommit({ writes }) {
          const write = writes.find(({ table }) => table.name === 'swaps')
          const isStored = write?.op === 'insert' && moment === 'stored'
          const set = write?.op === 'update' ? write.set : {}
          if (isStored || set.state === moment || moment in set) copy ??= copyMemoryData(stand.data)
        },
      },
    })
    const { run } = stand
    const { id } = await stand.askForPayout()
    expect((await stand.untilEnded(id)).state, moment).toBe('claimed')
    stand.current.kill()
    const { node } = stand.openNext({ storage: memory({ data: copy!, exclusive: true }) }, {})
    await run(node.start())
    await stand.mine(10)
    const { isHalted } = await run(node.safety.status())
    if (isHalted) {
      // Nobody can tell from LND what has become of the payout: an operator has to.
      stand.lnd.fund(2_000_000n)
      await run(node.safety.resume('seen'))
      await stand.mine(10)
      await expect(run(node.payouts.cancel(stand.payout.id)), moment).rejects.toMatchObject({
        code: 'payout.maybe-paid',
      })
      const verdict = { by: 'op', note: 'the chain shows the claim', fee: '0 sat' }
      await run(node.payouts.resolve(stand.payout.id, 'succeeded', verdict))
    }
    await stand.mine(10)
    expect((await stand.paying()).state, moment).toBe('succeeded')
    expect(partnerGot(stand), moment).toEqual([400_000n])
    const { sum } = await run(node.ledger.balances())
    expect(sum.msat, moment).toBe(0n)
    expect((await run(node.ledger.prove())).verdict, moment).toBe('proved')
    expect(isHalted, moment).toBe(['stored', 'asked_at', 'terms'].includes(moment))
    await run(node.stop())
  }
})
