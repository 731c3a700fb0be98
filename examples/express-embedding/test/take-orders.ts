import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger, systemClock } from '@payment-node/core'
import { sqlite } from '@payment-node/storage-sqlite'
import { createSimulatedNetwork } from '@payment-node/testkit'
import { expect, onTestFinished, vi } from 'vitest'
import type { openShop as openExpressShop } from '../src/shop.ts'

/**
 * What every embedding must do, whatever framework serves it: an order is paid; LND away is a 503; `stop()` ends
 * everything and frees the books.
 */
export async function takeOrders(openShop: typeof openExpressShop): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'embedding-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const network = createSimulatedNetwork({ clock: systemClock })
  const [lnd, customer] = [network.addNode('shop'), network.addNode('customer')]
  network.establishChannel({ from: customer, to: lnd, capacitySat: 100_000n })
  const open = () =>
    openShop(
      {
        lightning: lnd.connect(),
        storage: sqlite({ file: join(folder, 'payments.db') }),
        keys: { invoices: Buffer.from('c0ffee25'.repeat(8), 'hex') },
        logger: silentLogger,
        timing: { heartbeat: '1s' },
      },
      0,
    )
  const shop = await open()
  const order = async (number: number): Promise<{ paymentRequest: string }> => {
    const answer = await fetch(`${shop.url}/orders/${number}`, { method: 'POST' })
    expect(answer.status).toBe(201)
    return (await answer.json()) as { paymentRequest: string }
  }
  const isPaid = async (number: number): Promise<boolean> => {
    const answer = await fetch(`${shop.url}/orders/${number}`)
    return ((await answer.json()) as { isPaid: boolean }).isPaid
  }
  const first = await order(1041)
  expect(await order(1041)).toEqual(first)
  expect(await isPaid(1041)).toBe(false)
  await customer.pay(first.paymentRequest)
  await vi.waitFor(async () => expect(await isPaid(1041)).toBe(true))
  expect(await isPaid(1042)).toBe(false)

  lnd.stop()
  await vi.waitFor(
    async () => {
      const answer = await fetch(`${shop.url}/orders/1043`, { method: 'POST' })
      expect(answer.status).toBe(503)
      expect(await answer.json()).toMatchObject({ code: 'node.unavailable', isRetryable: true })
    },
    { timeout: 20_000 },
  )
  lnd.start()
  await shop.stop()
  await expect(fetch(shop.url)).rejects.toThrow()
  const again = await open()
  await again.stop()
}
