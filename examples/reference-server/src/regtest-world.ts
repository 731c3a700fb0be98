import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createPaymentNode } from '@payment-node/core'
import { defineRoute, type Route } from '@payment-node/http-api'
import { lnd, macaroonPermissions } from '@payment-node/lnd-adapter'
import { type RunningNetwork, type RunningNode, startNetwork } from '@payment-node/regtest'
import { sqlite } from '@payment-node/storage-sqlite'
import { z } from 'zod'
import { jsonLogger } from './json-logger.ts'
import type { World, WorldOptions } from './world.ts'

/** Real btcd and LND on this machine: the shop's, a customer's and a partner's wallet. */
export async function regtestWorld({ meter, folder }: WorldOptions): Promise<World> {
  const network = await startNetwork({
    nodes: [{ alias: 'customer' }, { alias: 'shop' }, { alias: 'wallet' }],
    channels: [
      { from: 'customer', to: 'shop', capacitySat: 5_000_000, pushSat: 1_000_000 },
      { from: 'shop', to: 'wallet', capacitySat: 5_000_000, pushSat: 1_000_000 },
    ],
  })
  try {
    const shop = network.node('shop')
    const node = createPaymentNode({
      lightning: lnd({
        address: shop.details.rpcAddress,
        certificate: { path: shop.details.certificatePath },
        macaroon: { hex: await bake(shop) },
      }),
      storage: sqlite({ file: join(folder, 'payments.db') }),
      keys: { invoices: randomBytes(32) },
      meter,
      logger: jsonLogger,
    })
    await node.start()
    const stop = async (): Promise<void> => {
      await node.stop()
      await network.remove()
    }
    return { node, routes: () => regtestRoutes(network), isPlayground: true, stop }
  } catch (error) {
    await network.remove()
    throw error
  }
}

/** Only what the library needs, never the admin macaroon. */
function bake(shop: RunningNode): Promise<string> {
  const permissions = macaroonPermissions(['receive', 'pay', 'onchain', 'channels'])
  return shop.bakeMacaroon(
    permissions.map((permission) => permission.replace(/^uri:/, '')),
    7,
  )
}

/** The same as the sandbox has, as far as real nodes can: somebody who pays, and somebody to pay. */
function regtestRoutes(network: RunningNetwork): readonly Route[] {
  const route = { method: 'post', access: 'operator', room: 'sandbox' } as const
  return [
    defineRoute({
      ...route,
      path: '/sandbox/pay',
      summary: 'The customer pays an invoice',
      body: z.strictObject({ paymentRequest: z.string() }),
      answer: z.looseObject({ state: z.string() }),
      async handle({ body }) {
        const { status, failure_reason } = await network.node('customer').pay(body.paymentRequest)
        return { state: status.toLowerCase(), failure: failure_reason }
      },
    }),
    defineRoute({
      ...route,
      path: '/sandbox/bills',
      summary: "An invoice of the partner's wallet, for a payout",
      body: z.strictObject({ amount: z.string().regex(/^[1-9][0-9]{0,9} sat$/) }),
      status: 201,
      answer: z.looseObject({ paymentRequest: z.string() }),
      async handle({ body }) {
        const value = Number.parseInt(body.amount, 10)
        const { payment_request } = await network.node('wallet').addInvoice({ value })
        return { paymentRequest: payment_request }
      },
    }),
    defineRoute({
      ...route,
      path: '/sandbox/addresses',
      summary: "An address of the partner's wallet, for a payout on chain; blocks confirm it",
      status: 201,
      answer: z.strictObject({ address: z.string() }),
      handle: async () => ({ address: await network.node('wallet').newAddress() }),
    }),
    defineRoute({
      ...route,
      path: '/sandbox/mine',
      summary: 'Blocks are found',
      body: z.strictObject({ blocks: z.number().int().min(1).max(100) }),
      answer: z.looseObject({}),
      async handle({ body }) {
        await network.mine(body.blocks)
        return { mined: body.blocks }
      },
    }),
  ]
}
