import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  counterFile,
  createPaymentNode,
  type EventType,
  type PaymentNode,
  silentLogger,
  systemClock,
} from '@payment-node/core'
import { createSimulatedNetwork } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { freshFile } from './fresh-file.ts'

/** Resolves when the node tells of it, or has before. */
async function told(node: PaymentNode, type: EventType, isIt: () => Promise<boolean>) {
  const heard = new Promise((resolve) => node.on(type, resolve))
  if (!(await isIt())) await heard
}

test('a file that was put back from a backup pays nothing again, and says what it does not know', async () => {
  const network = createSimulatedNetwork({ clock: systemClock, seed: 'old file' })
  const [shop, payer, payee] = ['shop', 'payer', 'payee'].map((name) => network.addNode(name))
  network.establishChannel({ from: payer!, to: shop!, capacitySat: 2_000_000n })
  network.establishChannel({ from: shop!, to: payee!, capacitySat: 2_000_000n })
  const file = freshFile()
  const counter = join(dirname(file), 'payments.counter')
  const open = async (): Promise<PaymentNode> => {
    const node = createPaymentNode({
      lightning: shop!.connect(),
      storage: sqlite({ file }),
      keys: { invoices: Uint8Array.from({ length: 32 }, (_, index) => index + 1) },
      intentCounter: counterFile(counter),
      logger: silentLogger,
    })
    await node.start()
    return node
  }
  const payOut = async (node: PaymentNode, key: string): Promise<string> => {
    const bill = payee!.createInvoice({ amountMsat: 10_000_000n })
    const destination = bill.paymentRequest
    const { id } = await node.payouts.request(
      { partner: 'm1', destination, feeLimit: '0 sat' },
      { idempotencyKey: key },
    )
    await told(node, 'payout.succeeded', async () => {
      const { state } = await node.payouts.get(id)
      return state === 'succeeded'
    })
    return bill.paymentHash
  }

  let node = await open()
  await node.partners.upsert({ id: 'm1' })
  const invoice = await node.invoices.create({ partner: 'm1', amount: '100000 sat' })
  await payer!.pay(invoice.paymentRequest)
  await node.invoices.waitUntilSettled(invoice.id)
  await payOut(node, 'before')
  await node.stop()
  copyFileSync(file, `${file}.backup`)
  // Nothing of the books is in another file while they are closed.
  expect(readdirSync(dirname(file)).filter((name) => /-wal|-journal/.test(name))).toEqual([])

  node = await open()
  const unknown = [await payOut(node, 'one'), await payOut(node, 'two')]
  await node.stop()
  expect(readFileSync(counter, 'utf8')).toBe('3\n')
  copyFileSync(`${file}.backup`, file)

  node = await open()
  await told(node, 'node.books-behind', async () => (await node.safety.status()).isHalted)
  const { items } = await node.safety.differences()
  expect(items.flatMap(({ paymentHash }) => paymentHash ?? []).sort()).toEqual(unknown.sort())
  const bill = payee!.createInvoice({ amountMsat: 1000n })
  await expect(
    node.payouts.request(
      { partner: 'm1', destination: bill.paymentRequest },
      { idempotencyKey: 'one' },
    ),
  ).rejects.toMatchObject({ code: 'safety.halted' })
  await node.safety.resume('the backup of last night')
  await payOut(node, 'three')
  await node.stop()

  node = await open()
  expect((await node.safety.differences()).items).toEqual([])
  const { world, partners } = await node.ledger.balances()
  expect(world.payees.msat).toBe(40_000_000n)
  expect(partners[0]!.available.msat).toBe(80_000_000n)
  expect(readFileSync(counter, 'utf8')).toBe('4\n')
  const payments = await shop!.lightning.listPayments({ afterIndex: 0n, limit: 100 })
  expect(payments).toHaveLength(4)
  await node.stop()
})
