import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { createSandbox, type SandboxFault } from '../../src/index.ts'

test('a sandbox takes a payment and pays it out, without a clock of its own', async () => {
  await using sandbox = await createSandbox({ seed: 7 })
  const { node } = sandbox
  await node.partners.upsert({ id: 'bakery' })
  const invoice = await node.invoices.create({ partner: 'bakery', amount: '25000 sat' })
  const paid = await sandbox.pay(invoice.paymentRequest)
  expect(paid).toMatchObject({ state: 'succeeded', failure: null, amount: { msat: 25_000_000n } })
  expect(await node.invoices.waitUntilSettled(invoice.id)).toMatchObject({ state: 'settled' })
  const payout = await node.payouts.request(
    { partner: 'bakery', destination: sandbox.bill('20000 sat').paymentRequest },
    { idempotencyKey: 'evening' },
  )
  await sandbox.advance(2000)
  expect(await node.payouts.get(payout.id)).toMatchObject({ state: 'succeeded' })
})

test('the same seed gives the same run, another seed another one', async () => {
  const sell = async (seed: number): Promise<unknown> => {
    await using sandbox = await createSandbox({ seed })
    await sandbox.node.partners.upsert({ id: 'bakery' })
    const invoice = await sandbox.node.invoices.create({ partner: 'bakery', amount: '1 sat' })
    await sandbox.pay(invoice.paymentRequest)
    return sandbox.node.invoices.waitUntilSettled(invoice.id)
  }
  const first = await sell(1)
  expect(await sell(1)).toEqual(first)
  expect(await sell(2)).not.toEqual(first)
})

test('time stands still until it is let pass: an invoice expires when its hour has gone by', async () => {
  await using sandbox = await createSandbox()
  const { node } = sandbox
  await node.partners.upsert({ id: 'bakery' })
  const { id, paymentRequest } = await node.invoices.create({
    partner: 'bakery',
    amount: '5 sat',
    expiresIn: '1h',
  })
  await sandbox.advance(3_000_000)
  expect(await node.invoices.get(id)).toMatchObject({ state: 'open' })
  await sandbox.advance(1_200_000)
  expect(await node.invoices.get(id)).toMatchObject({ state: 'expired' })
  await expect(sandbox.pay(paymentRequest)).rejects.toThrow('expired')
})

test('a held bill keeps its payout under way until the payee takes it', async () => {
  await using sandbox = await createSandbox()
  const { node } = sandbox
  await node.partners.upsert({ id: 'bakery' })
  const { paymentRequest } = await node.invoices.create({ partner: 'bakery' })
  await sandbox.pay(paymentRequest, '9000 sat')
  await sandbox.advance(1000)
  const bill = sandbox.bill('500 sat', { isHeld: true })
  const { id } = await node.payouts.request(
    { partner: 'bakery', destination: bill.paymentRequest },
    { idempotencyKey: 'held' },
  )
  await sandbox.advance(60_000)
  expect(await node.payouts.get(id)).toMatchObject({ state: 'sending' })
  sandbox.payee.settleHold(bill.paymentHash)
  await sandbox.advance(1000)
  expect(await node.payouts.get(id)).toMatchObject({ state: 'succeeded' })
})

test('an address of the payee is paid on chain when blocks are found', async () => {
  await using sandbox = await createSandbox()
  const { node } = sandbox
  await node.partners.upsert({ id: 'bakery' })
  const sold = await node.invoices.create({ partner: 'bakery', amount: '300000 sat' })
  await sandbox.pay(sold.paymentRequest)
  const { id } = await node.payouts.request(
    {
      partner: 'bakery',
      destination: await sandbox.address(),
      amount: '100000 sat',
      quick: true,
    },
    { idempotencyKey: 'on-chain' },
  )
  await sandbox.advance(60_000)
  expect(await node.payouts.get(id)).toMatchObject({ state: 'sending' })
  for (let block = 0; block < 6; block++) {
    sandbox.mine()
    await sandbox.advance(60_000)
  }
  expect(await node.payouts.get(id)).toMatchObject({ state: 'succeeded' })
})

test('every fault can strike, and clear() puts everything right', async () => {
  await using sandbox = await createSandbox()
  const { node, faults } = sandbox
  await node.partners.upsert({ id: 'bakery' })
  const sell = async (): Promise<string> => {
    const { id, paymentRequest } = await node.invoices.create({
      partner: 'bakery',
      amount: '9 sat',
    })
    await sandbox.pay(paymentRequest)
    return (await node.invoices.waitUntilSettled(id)).state
  }
  const wrong: string[] = []
  for (const fault of Object.keys(faults.list) as SandboxFault[]) {
    faults.strike(fault)
    await sandbox.advance(30_000)
    faults.clear()
    await sandbox.advance(60_000)
    const { state } = await node.status()
    const sold = await sell().catch(String)
    if (state !== 'ready' || sold !== 'settled') wrong.push(`${fault}: ${state}, ${sold}`)
  }
  expect(wrong).toEqual([])
  expect(() => faults.strike('nonsense' as SandboxFault)).toThrow('There is no fault "nonsense"')
})

test('while LND is down nothing can be sold, and the reason is said', async () => {
  await using sandbox = await createSandbox()
  const { node, faults } = sandbox
  await node.partners.upsert({ id: 'bakery' })
  const isRefused = async (fault: SandboxFault): Promise<string> => {
    faults.strike(fault)
    await sandbox.advance(30_000)
    const error = await node.invoices.create({ partner: 'bakery' }).catch((thrown) => thrown)
    faults.clear()
    await sandbox.advance(60_000)
    return PaymentNodeError.is(error, 'node.unavailable') ? error.details.reason : String(error)
  }
  expect({
    down: await isRefused('lnd-down'),
    locked: await isRefused('lnd-locked'),
    behind: await isRefused('lnd-not-synced'),
  }).toEqual({ down: 'unreachable', locked: 'locked', behind: 'not-synced' })
})

test('with time that flows, everything happens by itself', async () => {
  await using sandbox = await createSandbox({ time: 'flows' })
  const { node } = sandbox
  await node.partners.upsert({ id: 'bakery' })
  const invoice = await node.invoices.create({ partner: 'bakery', amount: '25 sat' })
  const settled = node.invoices.waitUntilSettled(invoice.id)
  await sandbox.pay(invoice.paymentRequest)
  expect(await settled).toMatchObject({ state: 'settled' })
  const { createdAt } = invoice
  await sandbox.advance(3_600_000)
  expect(sandbox.clock.now() - createdAt).toBeGreaterThanOrEqual(3_600_000)
})
