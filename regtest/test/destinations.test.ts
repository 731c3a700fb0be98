import { createHash } from 'node:crypto'
import {
  type LightningNode,
  type Network,
  PaymentNodeError,
  type PaymentNodeOptions,
  systemClock,
} from '@payment-node/core'
import { type LnurlLie, startLnurlServer } from '@payment-node/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Context } from '../../packages/core/src/context.ts'
import { readDestination } from '../../packages/core/src/destinations/read-destination.ts'
import {
  type LnurlDestination,
  resolveLnurlPay,
} from '../../packages/core/src/destinations/resolve-lnurl-pay.ts'
import { createHttp } from '../../packages/core/src/http/create-http.ts'
import { readHttpOptions } from '../../packages/core/src/http/http-options.ts'
import { sharedNetwork } from '../shared-network.ts'
import { adapterOf } from './contract/adapter-of.ts'

const network = sharedNetwork()
const bob = network.node('bob')
const carol = network.node('carol')
let payer: LightningNode
/** What LND says the chain is. */
let chain: Network
beforeAll(async () => {
  payer = await adapterOf(bob, ['pay'])
  chain = (await payer.getInfo()).network
})
afterAll(async () => {
  await payer.close()
  await network.remove()
})

test('addresses that LND makes are read for its network and refused for another', async () => {
  for (const type of ['TAPROOT_PUBKEY', 'WITNESS_PUBKEY_HASH'] as const) {
    const address = await carol.newAddress(type)
    expect(readDestination(address.toUpperCase(), chain)).toEqual({
      kind: 'onchain-address',
      text: address,
      address,
    })
    expect(() => readDestination(address, 'mainnet')).toThrow('another network')
  }
})

/** What each lie about an invoice is found out as, by a decoder that is LND. */
const foundOut: readonly (readonly [LnurlLie, string])[] = [
  ['other-amount', 'amount-differs'],
  ['tenfold-amount', 'amount-differs'],
  ['no-amount', 'amount-missing'],
  ['other-hash', 'hash-differs'],
  ['other-network', 'wrong-network'],
  ['no-invoice', 'no-invoice'],
  ['damaged-invoice', 'checksum'],
  ['expires-at-once', 'expires-too-soon'],
]

test('an LNURL server over LND gives an invoice that is taken, and its lies are found out', async () => {
  const server = await startLnurlServer({
    makeInvoice: async ({ amountMsat, descriptionHash, expirySeconds }) => {
      const { payment_request } = await carol.addInvoice({
        value_msat: String(amountMsat ?? 0),
        description_hash: Buffer.from(descriptionHash),
        expiry: String(expirySeconds),
      })
      return { paymentRequest: payment_request }
    },
  })
  onTestFinished(() => server.stop())
  const http: PaymentNodeOptions['http'] = { allow: [server.allowed] }
  const context = {
    lightning: payer,
    clock: systemClock,
    settings: { expiryMargin: 60_000 },
    live: { state: 'ready', identity: { publicKey: bob.details.publicKey, network: chain } },
    http: createHttp(readHttpOptions(http)),
  } as unknown as Context
  const destination = readDestination(server.lnurl('carol'), chain) as LnurlDestination
  const { paymentRequest, metadata } = await resolveLnurlPay(context, destination, 1_234_567n)
  const invoice = await payer.decodeInvoice(paymentRequest)
  expect(invoice.amountMsat).toBe(1_234_567n)
  expect(invoice.descriptionHash).toBe(createHash('sha256').update(metadata).digest('hex'))
  const wrong: string[] = []
  for (const [lie, reason] of foundOut) {
    server.lieWith(lie)
    const error = await resolveLnurlPay(context, destination, 1_234_567n).catch((e: unknown) => e)
    const found = PaymentNodeError.is(error, 'payout.destination-invalid')
      ? error.details.reason
      : String(error)
    if (found !== reason) wrong.push(`${lie}: ${found}`)
  }
  expect(wrong).toEqual([])
})
