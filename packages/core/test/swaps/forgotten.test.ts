import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { inFlightTotals } from './in-flight-totals.ts'
import { openWithPayout, type PayoutStand } from './payout-stand.ts'

/** Lets the swap come so far, block by block. */
async function until(stand: PayoutStand, id: string, state: string): Promise<void> {
  for (let round = 0; round < 30; round++) {
    if ((await stand.swap(id)).state === state) return
    if (round > 1) stand.network.mine()
    await stand.settle(6000)
  }
  expect((await stand.swap(id)).state).toBe(state)
}

/** From now on LND knows no payment that it had. Answers with what makes it know them again. */
function forget({ lnd }: PayoutStand): () => void {
  let isForgotten = true
  lnd.faults.add(({ call, moment }) =>
    isForgotten && call === 'trackPayment' && moment === 'before-effect'
      ? { error: new PaymentNodeError('node.payment-not-found', 'gone', { paymentHash: '' }) }
      : undefined,
  )
  return () => {
    isForgotten = false
  }
}

async function restart(stand: PayoutStand, options = {}): Promise<void> {
  stand.current.kill()
  stand.openNext(options)
  await stand.run(stand.current.node.start())
  await stand.settle(60_000)
}

const giveUp = (stand: PayoutStand, id: string) =>
  stand.run(stand.current.node.swaps.giveUp(id, 'LND was recovered from its seed'))

async function mineMany(stand: PayoutStand, blocks: number): Promise<void> {
  for (let block = 0; block < blocks; block++) stand.network.mine()
  await stand.settle(60_000)
}

const options = { swapping: { maximumCltv: 300 } }

test('nothing revealed, and LND has forgotten the payment: the operator ends it when it must long have come back', async () => {
  const stand = await openWithPayout({ faults: ['lockup-never'], options })
  const { id, paymentHash } = await stand.askForPayout()
  await until(stand, id, 'held')
  stand.payee.cancelHold(paymentHash)
  forget(stand)
  // Set lower since: the payment was sent with what held then.
  await restart(stand, { swapping: { maximumCltv: 200 } })
  const { timeoutHeight } = await stand.swap(id)
  await expect(giveUp(stand, id)).rejects.toMatchObject({ code: 'swap.not-live' })
  const height = (await stand.run(stand.lnd.lightning.getInfo())).blockHeight
  await mineMany(stand, timeoutHeight! + 300 - height)
  expect(await stand.swap(id)).toMatchObject({ state: 'held', reason: 'payment-forgotten' })
  expect((await stand.run(stand.current.node.swaps.explain(id))).says).toContain('swaps.giveUp()')
  // By the limits that it was sent with, it may still be frozen in this block.
  await expect(giveUp(stand, id)).rejects.toMatchObject({ code: 'swap.not-live' })
  await mineMany(stand, 1)
  expect((await giveUp(stand, id)).reason).toBe('payment-forgotten')
  await stand.settle(60_000)
  expect(await stand.swap(id)).toMatchObject({ state: 'returned', reason: 'given-up' })
  expect(await stand.paying()).toMatchObject({ state: 'queued', swap: null })
  expect(await inFlightTotals(stand)).toEqual([0n, 0n])
  expect((await stand.run(stand.current.node.ledger.balances())).sum.msat).toBe(0n)
  const providers = await stand.run(stand.current.node.swaps.providers())
  expect(providers.map(({ failed }) => failed)).toEqual([0])
})

test('revealed, and LND has forgotten the payment: with the claim buried the operator ends it as paid', async () => {
  const stand = await openWithPayout({ faults: ['vanishes-after-lockup'], options })
  const { id, limits, amount } = { ...(await stand.askForPayout()) }
  await until(stand, id, 'claim-published')
  const remember = forget(stand)
  await restart(stand)
  await stand.mine(3)
  await expect(giveUp(stand, id), 'its claim is not buried').rejects.toMatchObject({
    code: 'swap.not-live',
  })
  await stand.mine(5)
  const waiting = await stand.swap(id)
  expect([waiting.state, waiting.reason]).toEqual(['claim-published', 'payment-forgotten'])
  await giveUp(stand, id)
  await stand.settle(60_000)
  const swap = await stand.swap(id)
  expect(swap.state).toBe('claimed')
  // What nobody knows any more is taken as paid, at the most that it could cost.
  expect(swap.costs.routing!.msat).toBe(limits.routing!.msat)
  expect(swap.costs.service!.msat).toBe(amount.msat - swap.onchain!.msat)
  expect(await stand.paying()).toMatchObject({ state: 'succeeded', swap: id })
  expect(await inFlightTotals(stand)).toEqual([0n, 0n])
  remember()
})

test('given up, and LND knows the payment again: its word counts', async () => {
  const stand = await openWithPayout({ faults: ['vanishes-after-lockup'], options })
  Object.assign(stand.payee, {
    settleHold() {
      throw new Error('the provider is away')
    },
  })
  const { id, paymentHash } = await stand.askForPayout()
  await until(stand, id, 'claim-published')
  stand.payee.cancelHold(paymentHash)
  const remember = forget(stand)
  await restart(stand)
  await stand.mine(8)
  expect((await stand.swap(id)).reason).toBe('payment-forgotten')
  remember()
  await giveUp(stand, id)
  await stand.settle(60_000)
  const swap = await stand.swap(id)
  expect([swap.state, swap.costs.routing!.msat]).toEqual(['claimed', 0n])
  expect((await stand.run(stand.current.node.ledger.prove())).verdict).toBe('proved')
})
