import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { channelRows } from './bad-input/channel-rows.ts'
import { invoiceRows } from './bad-input/invoice-rows.ts'
import { ledgerRows, partnerSettingRows } from './bad-input/ledger-rows.ts'
import { liquidityRows } from './bad-input/liquidity-rows.ts'
import { optionRows } from './bad-input/option-rows.ts'
import { ownHashes, payoutRows } from './bad-input/payout-rows.ts'
import { amountRows, eventRows, partnerRows, safetyRows } from './bad-input/room-rows.ts'
import type { Row, World } from './bad-input/row.ts'
import { swapRows } from './bad-input/swap-rows.ts'
import { webhookRows } from './bad-input/webhook-rows.ts'
import { openShop } from './shop.ts'

const rows: readonly Row[] = [
  ...optionRows,
  ...amountRows,
  ...partnerRows,
  ...partnerSettingRows,
  ...ledgerRows,
  ...invoiceRows,
  ...payoutRows,
  ...channelRows,
  ...eventRows,
  ...safetyRows,
  ...swapRows,
  ...liquidityRows,
  ...webhookRows,
]

/** A shop in the middle of its day, so that there is something that nonsense could damage. */
async function openWorld(): Promise<World> {
  const shop = openShop({ isExclusive: false })
  const { node, run } = shop
  await run(node.start())
  const sold = await shop.sell(500_000)
  await run(node.partners.upsert({ id: 'hasty', maximumExpiry: '10m' }))
  const open = await run(node.invoices.create({ partner: 'm1', amount: '7 sat' }))
  ownHashes.add(open.paymentHash)
  const hold = shop.payee.createHoldInvoice({ amountMsat: 30_000_000n, expirySeconds: 86_400 })
  const held = await shop.request(
    { destination: hold.paymentRequest, feeLimit: '1000 sat' },
    'held',
  )
  const done = await shop.request({ destination: shop.bill(20_000).paymentRequest }, 'done')
  await shop.ended(done.id)
  node.handle('payout.failed', { consumer: 'taken' }, () => undefined)
  const url = 'https://receiver.example/hooks'
  const types = ['node.degraded'] as const
  const { id: endpoint } = await run(node.webhooks.create({ url, types }))
  const { id: disabledEndpoint } = await run(node.webhooks.create({ url, types }))
  await run(node.webhooks.disable(disabledEndpoint))
  await shop.clock.advance(60_000)
  expect(shop.payee.findInvoice(hold.paymentHash)?.state).toBe('accepted')
  return {
    shop,
    held,
    heldPreimage: hold.preimage,
    done: await run(node.payouts.get(done.id)),
    sold,
    open,
    endpoint,
    disabledEndpoint,
  }
}

async function thrownBy(row: Row, world: World): Promise<unknown> {
  try {
    await world.shop.run(Promise.resolve(row.call(world)))
  } catch (error) {
    return error
  }
  return undefined
}

/** What is wrong with the refusal; undefined when it is as it must be. */
function faultOf(row: Row, error: unknown): string | undefined {
  const { code = 'input.invalid', field, reason } = row
  if (error === undefined) return 'was accepted'
  if (!PaymentNodeError.is(error)) return `threw ${String(error)}`
  if (error.code !== code) return `has the code ${error.code}: ${error.message}`
  const wanted = 'details' in row ? row.details : { field, reason }
  if (wanted !== undefined && !isEqual(error.details, wanted))
    return `has the details ${write(error.details)}`
  if (!('details' in row) && !error.message.includes(field)) return `says ${error.message}`
  if (row.says !== undefined && !error.message.includes(row.says)) return `says ${error.message}`
  return error.isRetryable ? 'pretends that trying again helps' : undefined
}

const write = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner))
const isEqual = (a: unknown, b: unknown): boolean => write(a) === write(b)

test('nonsense is refused by every verb, by code, field and reason, and nothing is stored', async () => {
  const world = await openWorld()
  const before = await world.shop.everything()
  const wrong: string[] = []
  for (const row of rows) {
    const error = await thrownBy(row, world)
    const fault = faultOf(row, error)
    const name = `${row.verb} ${row.field} ${row.reason}`
    if (fault) wrong.push(`${name} ${fault}`)
    const stored = await world.shop.changes(before)
    if (stored.length > 0) {
      wrong.push(`${name} stored ${stored.join(', ')}`)
      break
    }
  }
  expect(wrong).toEqual([])
  const distinct = new Set(rows.map(({ verb, field, reason }) => `${verb} ${field} ${reason}`))
  expect(distinct.size).toBeGreaterThan(500)
  // After all that, the shop goes on.
  await world.shop.sell(1000)
  await world.shop.run(world.shop.node.stop())
}, 30_000)
