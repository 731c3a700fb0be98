import {
  type Change,
  type Invoice,
  type PaymentNode,
  type RefundInput,
  sat,
} from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

/** How long money is held: 10 minutes, in milliseconds. */
const window = 600_000

interface Held {
  readonly shop: Shop
  /** Brought 100,000 sat, held for 10 minutes. */
  readonly invoice: Invoice
  /** 40,000 sat, held as well: no refund of the other may touch it. */
  readonly other: Invoice
}

async function openHeld(shop: Shop = openShop(), node: PaymentNode = shop.node): Promise<Held> {
  await shop.run(node.start())
  await shop.run(node.partners.upsert({ id: 'm1', availableAfter: '10m' }))
  const invoice = await shop.sell(100_000, node)
  return { shop, invoice, other: await shop.sell(40_000, node) }
}

let keys = 0
const refund = (
  { shop, invoice }: Held,
  destination: string,
  more: Partial<RefundInput> = {},
  node = shop.node,
) =>
  shop.run(
    node.payouts.refund(
      { invoice: invoice.id, destination, feeLimit: '0 sat', ...more },
      { idempotencyKey: `refund-${++keys}` },
    ),
  )

/** What `m1` has, in satoshi: available, pending, reserved, debt. All of the books sum to zero. */
async function stateOf({ shop }: Held, node = shop.node): Promise<number[]> {
  const { available, pending, reserved, debt } = await shop.run(node.partners.get('m1'))
  expect((await shop.run(node.ledger.balances())).sum).toEqual(sat(0))
  return [available, pending, reserved, debt].map(({ msat }) => Number(msat) / 1000)
}

test('a refund in the dispute window takes what its invoice holds; later only the rest becomes available', async () => {
  const held = await openHeld()
  const { shop, invoice, other } = held
  const { id } = await refund(held, shop.bill(60_000).paymentRequest)
  expect(await stateOf(held)).toEqual([0, 80_000, 60_000, 0])
  expect((await shop.ended(id)).state).toBe('succeeded')
  expect(await stateOf(held)).toEqual([0, 80_000, 0, 0])
  // The other invoice's money is not taken for it, and no more than was received.
  const above = refund(held, shop.bill(40_001).paymentRequest, { allowDebt: true })
  await expect(above).rejects.toMatchObject({ code: 'refund.above-received' })
  const short = refund(held, shop.bill(40_000).paymentRequest, { feeLimit: '5 sat' })
  await expect(short).rejects.toMatchObject({
    code: 'payout.insufficient-balance',
    details: { available: sat(0), needed: sat(5) },
  })
  await shop.clock.advance(window + 5000)
  expect(await stateOf(held)).toEqual([80_000, 0, 0, 0])
  const { legs } = await availableLegs(shop, invoice)
  expect(legs).toContainEqual([`pending/m1`, -40_000_000n])
  expect((await availableLegs(shop, other)).legs).toContainEqual([`pending/m1`, -40_000_000n])
})

test('all of it is given back: the end of the window books nothing, and is told', async () => {
  const held = await openHeld()
  const { shop, invoice } = held
  await shop.ended((await refund(held, shop.bill(100_000).paymentRequest)).id)
  await shop.clock.advance(window + 5000)
  expect(await stateOf(held)).toEqual([40_000, 0, 0, 0])
  expect((await availableLegs(shop, invoice)).legs).toEqual([])
  const { ledger_transactions: booked } = await shop.rowsOf(['ledger_transactions'])
  expect(booked!.some(({ id }) => id === `available/${invoice.id}`)).toBe(false)
  const told = await shop.run(shop.node.events.after('0', { limit: 100 }))
  expect(told.filter(({ type }) => type === 'invoice.available')).toHaveLength(2)
})

test('what a refund did not spend goes back to what is held, or to the balance once nothing is', async () => {
  for (const isLate of [false, true]) {
    const held = await openHeld()
    const { shop } = held
    const hold = shop.payee.createHoldInvoice({ amountMsat: 70_000_000n, expirySeconds: 200_000 })
    const { id } = await refund(held, hold.paymentRequest, { feeLimit: '1000 sat' })
    expect(await stateOf(held)).toEqual([0, 69_000, 71_000, 0])
    await shop.clock.advance(isLate ? window + 5000 : 5000)
    if (isLate) expect(await stateOf(held)).toEqual([69_000, 0, 71_000, 0])
    shop.payee.cancelHold(hold.paymentHash)
    expect((await shop.ended(id)).state).toBe('failed')
    expect(await stateOf(held)).toEqual(isLate ? [140_000, 0, 0, 0] : [0, 140_000, 0, 0])
    // And once more, with a fee that was not needed.
    const again = await refund(held, shop.bill(70_000).paymentRequest, { feeLimit: '1000 sat' })
    expect((await shop.ended(again.id)).state).toBe('succeeded')
    expect(await stateOf(held)).toEqual(isLate ? [70_000, 0, 0, 0] : [0, 70_000, 0, 0])
    await shop.clock.advance(window + 5000)
    expect(await stateOf(held)).toEqual([70_000, 0, 0, 0])
  }
})

test('what is held does not cover is taken from the balance, then owed; the unused fee goes back there first', async () => {
  const held = await openHeld()
  const { shop } = held
  const { node, run } = shop
  await run(node.partners.upsert({ id: 'm1', availableAfter: null, fee: { fixed: '2000 sat' } }))
  await run(node.partners.upsert({ id: 'm1', availableAfter: '10m' }))
  const taxed = { ...held, invoice: await shop.sell(50_000) }
  expect(await stateOf(held)).toEqual([0, 188_000, 0, 0])
  // 48,000 are held of it, 50,000 were received.
  const { id, debt } = await refund(taxed, shop.bill(50_000).paymentRequest, {
    feeLimit: '100 sat',
    allowDebt: true,
  })
  expect(debt).toEqual(sat(2100))
  expect(await stateOf(held)).toEqual([0, 140_000, 50_100, 2100])
  expect((await shop.ended(id)).state).toBe('succeeded')
  expect(await stateOf(held)).toEqual([0, 140_000, 0, 2000])
  await shop.clock.advance(window + 5000)
  expect(await stateOf(held)).toEqual([138_000, 0, 0, 0])
})

test('what goes back to what is held pays no debt of other refunds', async () => {
  const held = await openHeld()
  const { shop, other } = held
  const hold = (msat: bigint) =>
    shop.payee.createHoldInvoice({ amountMsat: msat, expirySeconds: 7200 })
  const owing = hold(100_000_000n)
  const terms = { feeLimit: '5000 sat', allowDebt: true }
  const first = await refund(held, owing.paymentRequest, terms)
  const failing = hold(40_000_000n)
  const second = await refund({ ...held, invoice: other }, failing.paymentRequest)
  expect(await stateOf(held)).toEqual([0, 0, 145_000, 5000])
  await shop.clock.advance(5000)
  shop.payee.cancelHold(failing.paymentHash)
  expect((await shop.ended(second.id)).state).toBe('failed')
  expect(await stateOf(held)).toEqual([0, 40_000, 105_000, 5000])
  shop.payee.settleHold(owing.paymentHash)
  expect((await shop.ended(first.id)).state).toBe('succeeded')
  expect(await stateOf(held)).toEqual([0, 40_000, 0, 0])
})

test('O9: a refund, its end, and the end of the window at the same moment: none takes or keeps what another one has moved', async () => {
  for (const waits of ['payout-reserved', 'invoice-available', 'payout-released']) {
    const shop = openShop()
    const { run, clock } = shop
    const setUp = shop.open()
    const held = await openHeld(shop, setUp.node)
    // Of another invoice there is much more, for longer.
    await run(setUp.node.partners.upsert({ id: 'm1', availableAfter: '1h' }))
    await shop.sell(200_000, setUp.node)
    await run(setUp.node.stop())
    let hasWaited = false
    const { node } = shop.open(
      {},
      {
        async beforeCommit({ writes }: Change) {
          const isWanted = writes.some(
            (write) =>
              write.op === 'insert' &&
              write.table.name === 'ledger_transactions' &&
              write.row.kind === waits,
          )
          if (!isWanted || hasWaited) return
          hasWaited = true
          await clock.sleep(20_000)
        },
      },
    )
    await run(node.start())
    const hold = shop.payee.createHoldInvoice({ amountMsat: 70_000_000n, expirySeconds: 7200 })
    const advanceTo = (fromTheEnd: number): Promise<void> =>
      clock.advance(held.invoice.createdAt + window + fromTheEnd - clock.now())
    const ask = () => refund(held, hold.paymentRequest, {}, node)
    let asking: ReturnType<typeof ask>
    if (waits === 'invoice-available') {
      await advanceTo(4000)
      asking = ask()
    } else {
      await advanceTo(waits === 'payout-reserved' ? -4000 : -9000)
      asking = ask()
      await clock.advance(5000)
      if (waits === 'payout-released') shop.payee.cancelHold(hold.paymentHash)
    }
    await clock.advance(60_000)
    const { id } = await run(asking)
    await clock.advance(5000)
    if (waits === 'payout-released') {
      expect((await shop.ended(id, node)).state, waits).toBe('failed')
      expect(await stateOf(held, node), waits).toEqual([140_000, 200_000, 0, 0])
    } else {
      shop.payee.settleHold(hold.paymentHash)
      expect((await shop.ended(id, node)).state, waits).toBe('succeeded')
      expect(await stateOf(held, node), waits).toEqual([70_000, 200_000, 0, 0])
    }
    expect(hasWaited, waits).toBe(true)
    await clock.advance(3_700_000)
    const [available, ...rest] = await stateOf(held, node)
    expect(available, waits).toBe(waits === 'payout-released' ? 340_000 : 270_000)
    expect(rest, waits).toEqual([0, 0, 0])
  }
})

test('a process that dies before or after any write of a refund out of held money and of the release loses nothing', async () => {
  for (let dies = 1, hasDied = true; hasDied; dies++) {
    hasDied = false
    const shop = openShop()
    const { run, clock } = shop
    const setUp = shop.open()
    const held = await openHeld(shop, setUp.node)
    await run(setUp.node.stop())
    let reached = 0
    const reach = ({ writes }: Change): void => {
      const isBooking = writes.some(({ table }) => table.name === 'ledger_transactions')
      if (!isBooking || ++reached !== dies) return
      hasDied = true
      second.kill()
    }
    const second = shop.open({}, { beforeCommit: reach, afterCommit: reach })
    await run(second.node.start())
    const destination = shop.bill(60_000).paymentRequest
    const ask = (node: PaymentNode) =>
      node.payouts.refund(
        { invoice: held.invoice.id, destination, feeLimit: '100 sat' },
        { idempotencyKey: 'once' },
      )
    const asked = ask(second.node).catch(() => undefined)
    await clock.advance(60_000)
    if (!hasDied) await clock.advance(window)
    if (!hasDied) await run(second.node.stop())
    void asked
    const third = shop.open()
    await clock.advance(60_000)
    await run(third.node.start())
    await shop.ended((await run(ask(third.node))).id, third.node)
    await clock.advance(window + 60_000)
    expect(await stateOf(held, third.node), `${dies}`).toEqual([80_000, 0, 0, 0])
    if (!hasDied) expect(dies).toBeGreaterThan(8)
  }
}, 60_000)

async function availableLegs(
  shop: Shop,
  invoice: Invoice,
): Promise<{ readonly legs: readonly (readonly [unknown, unknown])[] }> {
  const { postings } = await shop.rowsOf(['postings'])
  const legs = postings!
    .filter(({ transaction }) => transaction === `available/${invoice.id}`)
    .map(({ account, amount_msat }) => [account, amount_msat] as const)
  return { legs }
}
