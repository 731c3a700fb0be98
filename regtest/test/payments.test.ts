import { createHash, randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { connectLndRpc } from '../lnd-rpc.ts'
import { sharedNetwork } from '../shared-network.ts'

const network = sharedNetwork()
const alice = network.node('alice')
const bob = network.node('bob')
const carol = network.node('carol')
afterAll(() => network.remove())

test('two nodes pay each other, directly and over a third', async () => {
  for (const [payer, payee, feeMsat] of [
    [alice, bob, '0'],
    [bob, alice, '0'],
    [alice, carol, '1001'],
    [carol, alice, '1001'],
  ] as const) {
    const invoice = await payee.addInvoice({ value_msat: '1000000', memo: 'harness' })
    const payment = await payer.pay(invoice.payment_request)
    const what = `${payer.alias} to ${payee.alias}`
    expect([what, payment.status, payment.fee_msat]).toEqual([what, 'SUCCEEDED', feeMsat])
    const settled = await payee.lookupInvoice(invoice.r_hash)
    expect([what, settled.state, settled.amt_paid_msat]).toEqual([what, 'SETTLED', '1000000'])
  }
})

test('an open amount is what the payer says, a fee limit holds', async () => {
  const open = await bob.addInvoice({})
  expect((await alice.pay(open.payment_request, 2_500n)).value_msat).toBe('2500')
  const routed = await carol.addInvoice({ value_msat: '1000000' })
  const payment = await alice.pay(routed.payment_request, undefined, 1_000n)
  expect([payment.status, payment.failure_reason]).toEqual(['FAILED', 'FAILURE_REASON_NO_ROUTE'])
})

test('a hold invoice is held until it is settled or canceled', async () => {
  for (const [verdict, status] of [
    ['settle', 'SUCCEEDED'],
    ['cancel', 'FAILED'],
  ] as const) {
    const preimage = randomBytes(32)
    const hash = createHash('sha256').update(preimage).digest()
    const invoice = await bob.addHoldInvoice(hash, { value_msat: '1000000' })
    const paying = alice.pay(invoice.payment_request)
    await bob.waitUntilInvoice(hash, 'ACCEPTED')
    if (verdict === 'settle') await bob.settleHold(preimage)
    else await bob.cancelHold(hash)
    expect([verdict, (await paying).status]).toEqual([verdict, status])
  }
})

test('a macaroon reaches what it was baked for, until its root key is deleted', async () => {
  const macaroon = await alice.bakeMacaroon(['/lnrpc.Lightning/GetInfo'], 77)
  const limited = connectLndRpc({ ...alice.details, macaroon })
  expect(await limited.rpc('lnrpc.Lightning', 'GetInfo')).toMatchObject({ alias: 'alice' })
  await expect(limited.rpc('lnrpc.Lightning', 'WalletBalance')).rejects.toThrow('permission denied')
  await alice.deleteMacaroonId(77)
  await expect(limited.rpc('lnrpc.Lightning', 'GetInfo')).rejects.toThrow('cannot get macaroon')
  limited.close()
})
