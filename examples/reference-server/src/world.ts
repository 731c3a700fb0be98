import type { Meter, PaymentNode } from '@payment-node/core'
import type { ApiKeyStore, Route } from '@payment-node/http-api'

/** What a server runs on: a node that is started, and whatever belongs to where it lives. */
export interface World {
  readonly node: PaymentNode
  /** What only this world can, e.g. customers that pay. */
  readonly routes: (keys: ApiKeyStore) => readonly Route[]
  /** It is there to play with: it begins with an operator's key, and leaves nothing behind. */
  readonly isPlayground: boolean
  /** Stops the node, and what was started for it. */
  stop(): Promise<void>
}

/** What every world is given. */
export interface WorldOptions {
  readonly meter: Meter
  /** Where the books are; exists. */
  readonly folder: string
}
