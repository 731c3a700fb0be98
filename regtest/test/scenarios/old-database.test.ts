import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Payout, sat } from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { openShop, type Shop } from './shop.ts'

const network = sharedNetwork()
const alice = network.node('alice')
const bob = network.node('bob')
const carol = network.node('carol')
afterAll(() => network.remove())

async function request(shop: Shop, key: string): Promise<Payout> {
  const { payment_request: destination } = await carol.addInvoice({ value_msat: '7000000' })
  return shop.node.payouts.request({ partner: 'merchant', destination }, { idempotencyKey: key })
}

async function succeeded(shop: Shop, { id }: Pick<Payout, 'id'>): Promise<Payout> {
  const { data } = await shop.event('payout.succeeded', (event) => event.data.payout.id === id)
  return data.payout
}

/** The payments that LND has made since, also those of nobody's knowledge. */
async function paymentsOf(shop: Shop, afterIndex: bigint) {
  const lightning = lnd({
    address: bob.details.rpcAddress,
    certificate: { path: bob.details.certificatePath },
    macaroon: { hex: shop.macaroon },
  })
  try {
    const { paymentIndex } = await lightning.highWater()
    return { paymentIndex, payments: await lightning.listPayments({ afterIndex, limit: 1000 }) }
  } finally {
    await lightning.close()
  }
}

for (const { name, hasCounter } of [
  { name: 'with a counter outside', hasCounter: true },
  { name: 'without one', hasCounter: false },
]) {
  test(`an old copy of the database, ${name}: nothing is paid again, what it does not know is listed`, {
    timeout: 180_000,
  }, async () => {
    const backups = await mkdtemp(join(tmpdir(), 'payment-node-backup-'))
    const backup = join(backups, 'payments.db')
    const options = hasCounter
      ? {}
      : { intentCounter: { read: async () => undefined, write: async () => {} } }
    let shop = await openShop(bob, options)
    await shop.node.start()
    const { paymentIndex: first } = await paymentsOf(shop, 0n)
    await shop.node.partners.upsert({ id: 'merchant' })
    const invoice = await shop.node.invoices.create({ partner: 'merchant', amount: sat(100_000) })
    await alice.pay(invoice.paymentRequest)
    await shop.event('invoice.settled')
    await succeeded(shop, await request(shop, 'before'))
    await shop.node.stop()

    // One payout is only asked for when the copy is made: a process of this role does not send.
    shop = shop.reopen({ role: 'api' })
    await shop.node.start()
    const reserved = await request(shop, 'reserved')
    await shop.node.stop()
    await copyFile(shop.file, backup)

    shop = shop.reopen({ role: 'all' })
    await shop.node.start()
    const paid = await succeeded(shop, reserved)
    const since = [await request(shop, 'one'), await request(shop, 'two')]
    for (const payout of since) await succeeded(shop, payout)
    const before = (await paymentsOf(shop, first)).payments
    expect(before.filter(({ state }) => state === 'succeeded')).toHaveLength(4)
    await shop.node.stop()

    await copyFile(backup, shop.file)
    shop = shop.reopen()
    await shop.node.start()
    const told = await shop.event('node.books-behind')
    expect(told.data.comparison.differences).toEqual({
      'unknown-payment': 2,
      'payout-behind': 1,
      ...(hasCounter && { 'counter-ahead': 1 }),
    })
    expect(await shop.node.safety.status()).toMatchObject({ cause: 'books-behind' })
    const { items } = await shop.node.safety.differences()
    expect(
      items
        .filter(({ kind }) => kind === 'unknown-payment')
        .map(({ paymentHash, amount }) => [paymentHash, amount])
        .sort(),
    ).toEqual(since.map(({ paymentHash, amount }) => [paymentHash, amount]).sort())
    // What LND has of a payout that the copy knows is booked by its word, also while halted.
    expect(await succeeded(shop, reserved)).toMatchObject({
      preimage: paid.preimage,
      fee: paid.fee,
    })
    await expect(request(shop, 'three')).rejects.toMatchObject({ code: 'safety.halted' })

    // The same in the next process, which tells nothing twice.
    await shop.node.stop()
    shop = shop.reopen()
    await shop.node.start()
    await shop.event('node.ready')
    await expect(request(shop, 'three')).rejects.toMatchObject({ code: 'safety.halted' })
    expect((await shop.node.safety.differences()).items).toEqual(items)
    expect((await shop.events()).filter(({ type }) => type === 'node.books-behind')).toHaveLength(1)
    expect((await paymentsOf(shop, first)).payments).toEqual(before)

    await shop.node.safety.resume('the backup of last night; both payouts were seen')
    const next = await succeeded(shop, await request(shop, 'three'))
    expect((await shop.node.safety.differences()).items).toEqual([])
    const after = (await paymentsOf(shop, first)).payments.filter(
      ({ state }) => state === 'succeeded',
    )
    expect(after.map(({ paymentHash }) => paymentHash)).toEqual([
      ...before.filter(({ state }) => state === 'succeeded').map(({ paymentHash }) => paymentHash),
      next.paymentHash,
    ])
    // LND's own figures, to the millisatoshi.
    const { world, sum } = await shop.node.ledger.balances()
    expect(world.payees.msat).toBe(after.reduce((total, one) => total + one.amountMsat, 0n))
    expect(world.routingFees.msat).toBe(after.reduce((total, one) => total + one.feeMsat, 0n))
    expect(sum.msat).toBe(0n)
    await shop.remove()
    await rm(backups, { recursive: true, force: true })
  })
}
