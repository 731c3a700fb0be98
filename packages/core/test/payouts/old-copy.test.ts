import type { Change, PaymentNode, Payout } from '@payment-node/core'
import { copyMemoryData, type MemoryData, memory } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import type { Shop, ShopProcess } from '../shop.ts'
import { openShopAndServer, type PayeeServer } from './payee-server.ts'

const evidence = { by: 'the operator', note: 'the payee has it' }

interface OldCopy {
  readonly shop: Shop
  readonly server: PayeeServer
  readonly node: PaymentNode
  /** Asked for before the copy was made, and paid by the books after it. */
  readonly id: string
  /** What the operator has in the copy, to begin with. */
  readonly operatorMsat: bigint
  /** Another process on the same old copy. */
  again(): ShopProcess
}

/** Books that are older than the payment of a payout to a Lightning address, started. */
async function openOldCopy(): Promise<OldCopy> {
  const { shop, server } = await openShopAndServer()
  await shop.run(shop.node.stop())
  let copy: MemoryData | undefined
  const first = shop.open(
    {},
    {
      beforeCommit({ writes }: Change) {
        if (writes.some(({ op, table }) => op === 'insert' && table.name === 'attempts'))
          copy ??= copyMemoryData(shop.data)
      },
    },
  )
  await shop.run(first.node.start())
  const { id } = await shop.request(
    { destination: server.address, amount: '20000 sat', feeLimit: '1 sat' },
    'k',
    first.node,
  )
  expect((await shop.ended(id, first.node)).state).toBe('succeeded')
  first.kill()
  const again = (): ShopProcess => shop.open({ storage: memory({ data: copy!, exclusive: true }) })
  const { node } = again()
  await shop.run(node.start())
  const { operator } = await shop.run(node.ledger.balances())
  await shop.clock.advance(60_000)
  return { shop, server, node, id, operatorMsat: operator.msat, again }
}

async function receivedSat({ shop }: Pick<OldCopy, 'shop'>): Promise<bigint> {
  const all = await shop.run(shop.payee.lightning.listInvoices({ afterAddIndex: 0n, limit: 1000 }))
  return all.reduce((sum, { paidMsat }) => sum + paidMsat, 0n) / 1000n
}

test('N5: an old copy of the books does not pay a Lightning address again that newer books have paid', async () => {
  const copy = await openOldCopy()
  const { shop, node, id, server } = copy
  const status = await shop.run(node.safety.status())
  expect(status).toMatchObject({ isHalted: true, cause: 'books-behind' })
  expect(status.reason).toContain('payouts.resolve(id')
  expect(await shop.run(node.payouts.get(id))).toMatchObject({
    state: 'reserved',
    reason: 'maybe-paid',
  })
  const canceled = await shop.run(node.payouts.cancel(id).catch((error) => error))
  expect(canceled).toMatchObject({ code: 'payout.maybe-paid' })
  expect(canceled.advice).toContain('payouts.resolve')
  await shop.run(node.safety.resume('explained'))
  await shop.clock.advance(3_600_000)
  expect(await shop.run(node.payouts.get(id))).toMatchObject({ reason: 'maybe-paid' })
  expect(server.invoices.length).toBe(1)
  expect(await receivedSat(copy)).toBe(20_000n)
})

test('N5: what newer books paid is booked once, whether the operator resolves or resumes first', async () => {
  for (const order of ['resolve', 'resume'] as const) {
    const copy = await openOldCopy()
    const { shop, node, id } = copy
    const resolve = (): Promise<Payout> =>
      shop.run(node.payouts.resolve(id, 'succeeded', { ...evidence, fee: '0 sat' }))
    if (order === 'resolve') await resolve()
    await shop.run(node.safety.resume('explained'))
    await shop.clock.advance(60_000)
    if (order === 'resume') await resolve()
    await shop.clock.advance(15 * 60_000)
    expect(await shop.run(node.payouts.get(id)), order).toMatchObject({ state: 'succeeded' })
    expect(await shop.run(node.payouts.evidence(id)), order).toMatchObject([{ evidence }])
    expect(String((await shop.run(node.partners.get('m1'))).available), order).toBe('80000 sat')
    const { owed, operator } = await shop.run(node.ledger.balances())
    const proof = await shop.run(node.ledger.prove())
    expect([owed.msat, proof.verdict], order).toEqual([80_000_000n, 'proved'])
    expect(operator.msat, order).toBe(copy.operatorMsat)
    expect(await shop.run(node.safety.status()), order).toMatchObject({ isHalted: false })
    expect(await receivedSat(copy), order).toBe(20_000n)
  }
})

test('N5: what newer books did not pay is given back, or goes on when it is released; once, and across a restart', async () => {
  const failed = await openOldCopy()
  await failed.shop.run(failed.node.payouts.resolve(failed.id, 'failed', evidence))
  await failed.shop.run(failed.node.safety.resume('explained'))
  await failed.shop.clock.advance(60_000)
  const partner = await failed.shop.run(failed.node.partners.get('m1'))
  expect(String(partner.available)).toBe('100000 sat')
  expect(await receivedSat(failed)).toBe(20_000n)

  const copy = await openOldCopy()
  const { shop, id } = copy
  await shop.run(copy.node.stop())
  const { node } = copy.again()
  await shop.run(node.start())
  await shop.clock.advance(60_000)
  await shop.run(node.payouts.release(id))
  expect(await shop.run(node.payouts.get(id))).toMatchObject({ state: 'reserved' })
  await shop.run(node.safety.resume('explained'))
  expect((await shop.ended(id, node)).state).toBe('succeeded')
  await shop.clock.advance(60_000)
  // The operator was wrong, and has said so himself.
  expect(await receivedSat(copy)).toBe(40_000n)
})

test('N5: after an old copy was found automatic payouts wait until they are called for', async () => {
  const { shop, server } = await openShopAndServer()
  const { run, clock } = shop
  await run(
    shop.node.partners.upsert({ id: 'm1', payout: { offchain: server.address, automatic: true } }),
  )
  await run(shop.node.stop())
  let copy: MemoryData | undefined
  const options = { payouts: { automatic: { every: '1h' } } } as const
  const first = shop.open(options, {
    beforeCommit({ writes }: Change) {
      if (writes.some(({ op, table }) => op === 'insert' && table.name === 'payouts'))
        copy ??= copyMemoryData(shop.data)
    },
  })
  await run(first.node.start())
  await clock.advance(2 * 3_600_000)
  first.kill()
  const { node } = shop.open({ ...options, storage: memory({ data: copy!, exclusive: true }) })
  await run(node.start())
  await clock.advance(60_000)
  expect((await run(node.safety.status())).cause).toBe('books-behind')
  await run(node.safety.resume('explained'))
  await clock.advance(5 * 3_600_000)
  expect(await receivedSat({ shop })).toBe(99_502n)

  const { items } = await run(node.payouts.list())
  for (const { id } of items) await run(node.payouts.resolve(id, 'failed', evidence))
  await run(
    node.ledger.correct(
      { partner: 'm1', amount: '-99502 sat', reason: 'paid by the newer books' },
      { idempotencyKey: 'mended' },
    ),
  )
  await shop.sell(50_000, node)
  await clock.advance(5 * 3_600_000)
  expect(await receivedSat({ shop })).toBe(99_502n)
  expect((await run(node.payouts.runAutomatic())).requested.length).toBe(1)
  await clock.advance(60_000)
  await shop.sell(50_000, node)
  await clock.advance(2 * 3_600_000)
  expect(await receivedSat({ shop })).toBeGreaterThan(198_000n)
})
