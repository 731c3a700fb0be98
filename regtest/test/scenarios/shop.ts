import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AnyEvent,
  counterFile,
  createPaymentNode,
  type EventType,
  type PaymentNode,
  type PaymentNodeOptions,
} from '@payment-node/core'
import { type LndOptions, lnd, macaroonPermissions } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import type { RegtestNode } from '../../node-controls.ts'

/** A shop's library on a real LND, with a SQLite file and a macaroon of its own. */
export interface Shop {
  readonly node: PaymentNode
  readonly file: string
  /** What was baked, hex. */
  readonly macaroon: string
  /** All events since the first start. */
  events(): Promise<AnyEvent[]>
  /** Resolves at the first event of the type that matches, also one from before the call. */
  event<T extends EventType>(
    type: T,
    matches?: (event: Extract<AnyEvent, { type: T }>) => boolean,
  ): Promise<Extract<AnyEvent, { type: T }>>
  /** The same file, opened anew. Stop the former node first. */
  reopen(more?: Partial<PaymentNodeOptions>): Shop
  /** Stops and removes the file. */
  remove(): Promise<void>
}

export const invoiceKey = Buffer.from('a1'.repeat(16) + '5e'.repeat(16), 'hex')

let nextRootKey = 1000 + Math.floor(Math.random() * 1_000_000)

/** Bakes what the library needs, and no more: never the admin macaroon. */
export function bake(lndNode: RegtestNode, rootKeyId: number = nextRootKey++): Promise<string> {
  const permissions = macaroonPermissions(['receive', 'pay'])
  return lndNode.bakeMacaroon(
    permissions.map((permission) => permission.replace(/^uri:/, '')),
    rootKeyId,
  )
}

export async function openShop(
  lndNode: RegtestNode,
  options: Partial<PaymentNodeOptions> = {},
  connection: Partial<LndOptions> = {},
): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), 'payment-node-shop-'))
  const macaroon = connection.macaroon ? '' : await bake(lndNode)
  const adapter: LndOptions = {
    address: lndNode.details.rpcAddress,
    certificate: { path: lndNode.details.certificatePath },
    macaroon: { hex: macaroon },
    ...connection,
  }
  return shopAt(folder, macaroon, adapter, options)
}

function shopAt(
  folder: string,
  macaroon: string,
  adapter: LndOptions,
  options: Partial<PaymentNodeOptions>,
): Shop {
  const file = join(folder, 'payments.db')
  const node = createPaymentNode({
    lightning: lnd(adapter),
    storage: sqlite({ file }),
    keys: { invoices: invoiceKey },
    // The nodes are shared: what other tests pay over them while a shop is closed is foreign.
    intentCounter: counterFile(join(folder, 'payments.counter')),
    timing: { heartbeat: 1 },
    ...options,
  })
  const events = async (): Promise<AnyEvent[]> => {
    const all: AnyEvent[] = []
    for (;;) {
      const page = await node.events.after(all.at(-1)?.cursor ?? '0', { limit: 1000 })
      all.push(...page)
      if (page.length < 1000) return all
    }
  }
  return {
    node,
    file,
    macaroon,
    events,
    event: (type, matches = () => true) =>
      new Promise((resolve, reject) => {
        const fits = (event: AnyEvent): event is Extract<AnyEvent, { type: typeof type }> =>
          event.type === type && matches(event as Extract<AnyEvent, { type: typeof type }>)
        const off = node.on(type, (_, event) => look(event as AnyEvent))
        const look = (event: AnyEvent): void => {
          if (!fits(event)) return
          off()
          resolve(event)
        }
        // A node that was never reached has no log yet.
        events().then(
          (past) => past.forEach(look),
          (error) => (error.code === 'node.unavailable' ? undefined : reject(error)),
        )
      }),
    reopen: (more = {}) => shopAt(folder, macaroon, adapter, { ...options, ...more }),
    async remove() {
      await node.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
