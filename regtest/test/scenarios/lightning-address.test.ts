import { type Payout, sat } from '@payment-node/core'
import {
  anyAnswerLies,
  invoiceLies,
  type LnurlInvoiceTerms,
  type LnurlLie,
  type LnurlServer,
  type LnurlStage,
  offerLies,
  startLnurlServer,
} from '@payment-node/testkit'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { openShop } from './shop.ts'

const network = sharedNetwork()
afterAll(() => network.remove())
const alice = network.node('alice')
const bob = network.node('bob')
const carol = network.node('carol')

/** Why a payout to a server with this lie fails. */
const foundOut: Readonly<Record<LnurlLie, string>> = {
  nothing: 'malformed',
  malformed: 'malformed',
  'not-an-object': 'malformed',
  error: 'server-refuses',
  down: 'destination-unreachable',
  'broken-off': 'destination-unreachable',
  silence: 'destination-unreachable',
  dribble: 'destination-unreachable',
  'ten-megabytes': 'body-too-large',
  'redirect-to-loopback': 'redirect-elsewhere',
  'redirect-in-circles': 'too-many-redirects',
  'wrong-tag': 'wrong-tag',
  'withdraw-tag': 'lnurl-withdraw',
  'crossed-limits': 'limits',
  'other-identifier': 'identifier-differs',
  'callback-elsewhere': 'address',
  'other-amount': 'amount-differs',
  'tenfold-amount': 'amount-differs',
  'no-amount': 'amount-missing',
  'other-hash': 'hash-differs',
  'other-network': 'wrong-network',
  'no-invoice': 'no-invoice',
  'damaged-invoice': 'checksum',
  'expires-at-once': 'expires-too-soon',
  'first-invoice-again': 'hash-used',
}

/** An invoice of the payee's real node. */
function makeInvoice(terms: LnurlInvoiceTerms): Promise<{ readonly paymentRequest: string }> {
  return carol
    .addInvoice({
      ...(terms.amountMsat !== null && { value_msat: terms.amountMsat.toString() }),
      description_hash: Buffer.from(terms.descriptionHash),
      expiry: terms.expirySeconds.toString(),
    })
    .then(({ payment_request }) => ({ paymentRequest: payment_request }))
}

/** One more for every payment that LND ever started. */
async function paymentsOf(node: typeof bob): Promise<number> {
  const { payments } = await node.rpc<{ payments: unknown[] }>('lnrpc.Lightning', 'ListPayments', {
    include_incomplete: true,
  })
  return payments.length
}

const liars: readonly (readonly [LnurlLie, LnurlStage?])[] = [
  ...anyAnswerLies.flatMap((lie) => [[lie, 'offer'] as const, [lie, 'invoice'] as const]),
  ...[...offerLies, ...invoiceLies].map((lie) => [lie] as const),
]

test('a Lightning address and an LNURL are paid exactly; each lie of their server costs nothing and is named', async () => {
  const honest = await startLnurlServer({ makeInvoice })
  const servers = await Promise.all(liars.map(() => startLnurlServer({ makeInvoice })))
  const shop = await openShop(bob, {
    http: { allow: [honest, ...servers].map(({ allowed }) => allowed) },
    // A server that does not answer now has failed.
    payouts: { waitForDestination: 0 },
  })
  const { node } = shop
  await node.start()
  await node.partners.upsert({ id: 'merchant' })
  const invoice = await node.invoices.create({ partner: 'merchant', amount: sat(200_000) })
  await alice.pay(invoice.paymentRequest)
  await node.invoices.waitUntilSettled(invoice.id)

  let keys = 0
  const pay = async (destination: string, name: string): Promise<Payout> => {
    const { id } = await node.payouts.request(
      { partner: 'merchant', destination, amount: sat(1_000) },
      { idempotencyKey: `payout-${++keys}` },
    )
    return waitUntil(`the end of the payout: ${name}`, async () => {
      const payout = await node.payouts.get(id)
      return (payout.state === 'succeeded' || payout.state === 'failed') && payout
    })
  }
  let paidMsat = 0n
  const payHonestly = async (
    server: LnurlServer,
    destination: string,
    name: string,
  ): Promise<void> => {
    const payout = await pay(destination, name)
    expect(payout, name).toMatchObject({ state: 'succeeded', reason: null })
    const theirs = await carol.lookupInvoice(Buffer.from(payout.paymentHash, 'hex'))
    expect(theirs, name).toMatchObject({
      state: 'SETTLED',
      amt_paid_msat: '1000000',
      payment_request: server.invoices.at(-1),
    })
    expect(payout.preimage, name).toBe(theirs.r_preimage.toString('hex'))
    paidMsat += 1_000_000n + (payout.fee?.msat ?? -1n)
  }
  await payHonestly(honest, honest.address('carol'), 'to an address')
  await payHonestly(honest, honest.lnurl('carol'), 'to an LNURL')
  // What it gives again later was paid before.
  const [, repeating] = liars
    .map(([lie], at) => [lie, servers[at]!] as const)
    .find(([lie]) => lie === 'first-invoice-again')!
  await payHonestly(repeating, repeating.address('carol'), 'the first invoice')

  const before = {
    ours: await paymentsOf(bob),
    purse: (await node.partners.get('merchant')).available,
  }
  expect(before.purse.msat).toBe(200_000_000n - paidMsat)
  const wrong: string[] = []
  await Promise.all(
    liars.map(async ([lie, stage], at) => {
      const server = servers[at]!
      const name = `${lie} ${stage ?? ''}`
      server.lieWith(lie, stage)
      const { state, reason, attempt, fee } = await pay(server.address('carol'), name)
      const is = JSON.stringify([state, reason, attempt, fee])
      const wanted = JSON.stringify(['failed', foundOut[lie], null, null])
      if (is !== wanted) wrong.push(`${name}: ${is}, not ${wanted}`)
      if (server.requests.length === 0) wrong.push(`${name}: the server was not asked`)
    }),
  )
  expect(wrong).toEqual([])
  expect(await paymentsOf(bob)).toBe(before.ours)
  const purse = await node.partners.get('merchant')
  expect([purse.available.msat, purse.reserved.msat]).toEqual([before.purse.msat, 0n])

  // Who has stopped lying is paid.
  servers[0]!.lieWith(undefined)
  await payHonestly(servers[0]!, servers[0]!.address('carol'), 'honest again')
  const { sum, partners } = await node.ledger.balances()
  expect([sum.msat, partners[0]!.available.msat]).toEqual([0n, 200_000_000n - paidMsat])
  expect((await node.safety.status()).isHalted).toBe(false)
  await shop.remove()
  await Promise.all([honest, ...servers].map((server) => server.stop()))
}, 120_000)
