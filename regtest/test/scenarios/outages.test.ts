import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPaymentNode, type Invoice, sat } from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import type { RunningNode } from '../../start-node.ts'
import { bake, invoiceKey, openShop } from './shop.ts'

const network = sharedNetwork()
const alice = network.node('alice')
let dave: RunningNode

beforeAll(async () => {
  dave = await network.addNode({ alias: 'dave' })
  await network.openChannels([
    { from: 'alice', to: 'dave', capacitySat: 10_000_000, pushSat: 3_000_000 },
    { from: 'alice', to: 'dave', capacitySat: 10_000_000, pushSat: 3_000_000 },
  ])
})
afterAll(() => network.remove())

test('LND is restarted under load: every payment that LND settled is credited, once', {
  timeout: 240_000,
}, async () => {
  const shop = await openShop(dave)
  await shop.node.start()
  await shop.node.partners.upsert({ id: 'merchant' })
  const count = 60
  const invoices: Invoice[] = []
  for (let index = 0; index < count; index++) {
    invoices.push(
      await shop.node.invoices.create({ partner: 'merchant', amount: sat(1_000 + index) }),
    )
  }
  const degraded = shop.event('node.degraded')
  const recovered = shop.event('node.recovered')
  const paying = invoices.map((invoice) => alice.pay(invoice.paymentRequest))
  await Promise.race(paying)
  await dave.restart()
  await degraded
  await recovered
  const paid = await Promise.all(paying)
  const expected = invoices.filter((_, index) => paid[index]?.status === 'SUCCEEDED')
  expect(expected.length).toBeGreaterThan(0)
  for (const invoice of expected) await shop.node.invoices.waitUntilSettled(invoice.id)
  const credited = (await shop.node.partners.get('merchant')).available.msat
  expect(credited).toBe(expected.reduce((sum, invoice) => sum + (invoice.amount?.msat ?? 0n), 0n))
  const settled = (await shop.events()).filter((event) => event.type === 'invoice.settled')
  expect(settled).toHaveLength(expected.length)
  await shop.remove()
})

test('LND is absent at the start and back later; meanwhile verbs refuse and store nothing', {
  timeout: 240_000,
}, async () => {
  const shop = await openShop(dave)
  await dave.stop()
  await shop.node.start()
  expect(await shop.node.status()).toMatchObject({ state: 'degraded', reason: 'unreachable' })
  await expect(shop.node.partners.upsert({ id: 'merchant' })).rejects.toMatchObject({
    code: 'node.unavailable',
    isRetryable: true,
  })
  const ready = new Promise((resolve) => shop.node.on('node.ready', resolve))
  await dave.start()
  await dave.waitUntilSynced()
  await ready
  await shop.node.partners.upsert({ id: 'merchant' })
  // Known by now, so that reading works while LND is away.
  await dave.stop()
  await shop.event('node.degraded')
  expect((await shop.node.partners.get('merchant')).available.msat).toBe(0n)
  await expect(
    shop.node.invoices.create({ partner: 'merchant', amount: sat(1_000) }),
  ).rejects.toMatchObject({
    code: 'node.unavailable',
  })
  expect((await shop.node.invoices.list()).items).toEqual([])
  await dave.start()
  await shop.event('node.recovered')
  const invoice = await shop.node.invoices.create({
    partner: 'merchant',
    amount: sat(1_000),
    allowUnreceivable: true,
  })
  expect(invoice.state).toBe('open')
  await shop.remove()
})

test('a locked wallet is a state with advice, and ends when an operator unlocks it', {
  timeout: 240_000,
}, async () => {
  const erin = await network.addNode({ alias: 'erin', password: 'correct horse' })
  await erin.unlock()
  await erin.waitUntilSynced()
  const macaroon = await bake(erin)
  await erin.restart()
  const shop = await openShop(erin, {}, { macaroon: { hex: macaroon } })
  await shop.node.start()
  const status = await shop.node.status()
  expect(status).toMatchObject({ state: 'degraded', reason: 'locked' })
  expect(status.advice).toMatch(/unlock/i)
  const ready = new Promise((resolve) => shop.node.on('node.ready', resolve))
  await erin.unlock()
  await ready
  expect((await shop.node.status()).state).toBe('ready')
  await shop.remove()
})

test('a rotated macaroon is read again while running, and a revoked one is named', {
  timeout: 240_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'payment-node-macaroon-'))
  const path = join(folder, 'shop.macaroon')
  await writeFile(path, Buffer.from(await bake(dave, 41), 'hex'))
  const shop = await openShop(dave, {}, { macaroon: { path } })
  await shop.node.start()
  await shop.node.partners.upsert({ id: 'merchant' })
  await writeFile(path, Buffer.from(await bake(dave, 42), 'hex'))
  await dave.deleteMacaroonId(41)
  // The next call with the old one is refused, the file is read again, and the call succeeds.
  const invoice = await shop.node.invoices.create({
    partner: 'merchant',
    amount: sat(1_000),
    allowUnreceivable: true,
  })
  expect(invoice.state).toBe('open')
  await dave.deleteMacaroonId(42)
  await shop.event('node.degraded', ({ data }) => data.reason === 'permission-denied')
  expect((await shop.node.status()).advice).toMatch(/macaroon/i)
  await writeFile(path, Buffer.from(await bake(dave, 43), 'hex'))
  await shop.event('node.recovered')
  await shop.remove()

  const refused = await openShop(dave, {}, { macaroon: { hex: '0201036c6e64' } })
  await expect(refused.node.start()).rejects.toMatchObject({ code: 'node.macaroon-rejected' })
  await refused.remove()
})

test('a rotated certificate is read again; a wrong one rejects the start', {
  timeout: 240_000,
}, async () => {
  const { certificatePath } = dave.details
  const keyPath = certificatePath.replace(/\.cert$/, '.key')
  const shop = await openShop(dave)
  await shop.node.start()
  await shop.node.partners.upsert({ id: 'merchant' })
  const before = await readFile(certificatePath, 'utf8')
  await dave.stop()
  // LND makes new ones when they are gone.
  await rm(certificatePath)
  await rm(keyPath)
  await dave.start()
  expect(await readFile(certificatePath, 'utf8')).not.toBe(before)
  await shop.event('node.recovered')
  const invoice = await shop.node.invoices.create({
    partner: 'merchant',
    amount: sat(1_000),
    allowUnreceivable: true,
  })
  expect(invoice.state).toBe('open')
  await shop.remove()

  const wrong = await openShop(dave, {}, { certificate: Buffer.from(before) })
  await expect(wrong.node.start()).rejects.toMatchObject({ code: 'node.certificate-rejected' })
  await wrong.remove()
})

test('another LND behind the same books is refused', { timeout: 120_000 }, async () => {
  const shop = await openShop(dave)
  await shop.node.start()
  await shop.node.stop()
  const other = await openShop(alice)
  const mixed = createPaymentNode({
    lightning: lnd({
      address: alice.details.rpcAddress,
      certificate: { path: alice.details.certificatePath },
      macaroon: { hex: other.macaroon },
    }),
    storage: sqlite({ file: shop.file }),
    keys: { invoices: invoiceKey },
  })
  await expect(mixed.start()).rejects.toMatchObject({ code: 'node.identity-changed' })
  await shop.remove()
  await other.remove()
})
