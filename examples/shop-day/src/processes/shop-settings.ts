import type { ChannelOptions, PaymentNodeOptions, PeerEntry } from '@payment-node/core'
import type { StoryTime } from '../story-clock.ts'

/** What the shop's process needs to begin; plain data, since it crosses between processes. */
export interface ShopSettings {
  /** The SQLite file with the books. */
  readonly file: string
  readonly invoiceKey: Uint8Array
  readonly caps: NonNullable<PaymentNodeOptions['caps']>
  /** The curated list that channels are opened from, best first. */
  readonly peers: readonly PeerEntry[]
  readonly channels: ChannelOptions
  /** A real LND, or the node that the parent process serves. */
  readonly lightning:
    | 'of the parent process'
    | { readonly address: string; readonly certificatePath: string; readonly macaroon: Uint8Array }
  /** Absent: real time. */
  readonly time?: StoryTime
}
