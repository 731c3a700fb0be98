import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { createPaymentNode, type PaymentNode } from '@payment-node/core'
import { lnd, macaroonPermissions } from '@payment-node/lnd-adapter'
import type { RegtestNode } from '@payment-node/regtest'
import { sqlite } from '@payment-node/storage-sqlite'

/** The library as a host would use it: a real LND, a SQLite file, a macaroon for what it needs. */
export interface Shop extends AsyncDisposable {
  readonly node: PaymentNode
  /** Hex. */
  readonly macaroon: string
}

/** Any 32 bytes: the books are thrown away. */
export const invoiceKey: Buffer = Buffer.from(`${'be7c'.repeat(15)}4a15`, 'hex')

/** The only partner. */
export const partner = 'bakery'

export async function openShop(lndNode: RegtestNode, folder: string): Promise<Shop> {
  const permissions = macaroonPermissions(['readonly', 'receive', 'pay', 'channels'])
  const macaroon = await lndNode.bakeMacaroon(
    permissions.map((permission) => permission.replace(/^uri:/, '')),
    randomInt(1000, 1_000_000),
  )
  const node = createPaymentNode({
    lightning: lnd({
      address: lndNode.details.rpcAddress,
      certificate: { path: lndNode.details.certificatePath },
      macaroon: { hex: macaroon },
    }),
    storage: sqlite({ file: join(folder, 'payments.db') }),
    keys: { invoices: invoiceKey },
  })
  await node.start()
  await node.partners.upsert({ id: partner })
  return { node, macaroon, [Symbol.asyncDispose]: () => node.stop() }
}
