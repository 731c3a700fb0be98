import {
  createPaymentNode,
  type EventType,
  type InvoiceInput,
  type InvoiceOptions,
  type LightningNode,
  type PartnerInput,
  type PaymentNode,
  type PayoutInput,
  type PayoutOptions,
  peerList,
  silentLogger,
} from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { createStoryClock, type StoryClock } from '../story-clock.ts'
import { lightningOver } from './lightning-over-link.ts'
import { createLink, type Message } from './link.ts'
import type { ShopSettings } from './shop-settings.ts'

// The shop's backend: the library and its books, alone in a process that can be killed at any moment.

/** What the shop wants to hear, durably. */
const told: readonly EventType[] = [
  'node.ready',
  'node.degraded',
  'node.recovered',
  'invoice.settled',
  'invoice.expired',
  'invoice.canceled',
  'payout.sending',
  'payout.succeeded',
  'payout.failed',
  'payout.unknown',
  'channel.opening',
  'channel.active',
  'channel.inactive',
  'channel.closing',
  'channel.closed',
  'channel.open-failed',
  'peer.blacklisted',
  'peer.cooled-down',
  'keeper.blocked',
  'keeper.below-minimum',
  'keeper.restored',
]

let node: PaymentNode
let clock: StoryClock | undefined

const link = createLink(
  {
    send: (message) => process.send!(message),
    onMessage: (listener) => process.on('message', (message: Message) => listener(message)),
  },
  {
    start: ([settings]) => start(settings as ShopSettings),
    stop: () => node.stop(),
    skip: ([milliseconds]) => clock?.skip(milliseconds as number),
    upsertPartner: ([input]) => node.partners.upsert(input as PartnerInput),
    createInvoice: ([input, options]) =>
      node.invoices.create(input as InvoiceInput, options as InvoiceOptions),
    cancelInvoice: ([id]) => node.invoices.cancel(id as string),
    requestPayout: ([input, options]) =>
      node.payouts.request(input as PayoutInput, options as PayoutOptions),
    getPayout: ([id]) => node.payouts.get(id as string),
    halt: ([reason]) => node.safety.halt(reason as string),
    resume: ([reason]) => node.safety.resume(reason as string),
    look: async () => ({
      status: await node.status(),
      channels: await node.channels.list().catch(() => []),
      balances: await node.ledger.balances(),
    }),
    keeperStatus: () => node.keeper.status(),
    depositAddress: () => node.keeper.depositAddress(),
    openings: async () => (await node.channels.openings()).items,
  },
)

async function start(settings: ShopSettings): Promise<void> {
  clock = settings.time && createStoryClock(settings.time)
  node = createPaymentNode({
    // The timeline tells what happens; a shop of your own keeps the default.
    logger: silentLogger,
    lightning: connect(settings.lightning),
    storage: sqlite({ file: settings.file }),
    keys: { invoices: settings.invoiceKey },
    caps: settings.caps,
    channelSources: [peerList(settings.peers)],
    channels: settings.channels,
    ...(clock && { clock }),
  })
  node.handle(told, { consumer: 'shop' }, (_, event) => link.ask('told', [event]))
  await node.start()
}

function connect(where: ShopSettings['lightning']): LightningNode {
  if (where === 'of the parent process') return lightningOver(link)
  const { address, certificatePath, macaroon } = where
  return lnd({ address, certificate: { path: certificatePath }, macaroon })
}

// Without its parent there is no network, and nobody to work for.
process.once('disconnect', () => process.exit())
