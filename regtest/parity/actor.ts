import { createHash } from 'node:crypto'
import { createStreamRecord, type StreamRecord } from './record-streams.ts'
import type { Counterparty, World } from './world.ts'

/** One world with what the operations have made in it so far. */
export interface Actor {
  readonly world: World
  readonly streams: StreamRecord
  /** Invoices of the node under test, oldest first. */
  readonly invoices: OwnInvoice[]
  /** Invoices of the counterparties that the node has tried to pay, oldest first. */
  readonly foreign: ForeignInvoice[]
  /** Channel points, oldest first; the first was there from the beginning. */
  readonly channels: string[]
  /** A channel that was closed by force: the other end still takes it for open. */
  deserted?: string
  /** Outpoints that have funded a channel. */
  readonly spent: string[]
  process: 'running' | 'locked' | 'stopped'
  /** The next secret of the run; the same in both worlds. */
  nextPreimage(): Uint8Array
}

/** An invoice of the node under test. */
export interface OwnInvoice {
  readonly preimage: Uint8Array
  readonly paymentHash: string
  readonly paymentRequest: string
  readonly amountMsat: bigint | null
}

/** An invoice of a counterparty. */
export interface ForeignInvoice {
  readonly by: Counterparty
  readonly preimage: Uint8Array
  readonly paymentHash: string
  readonly paymentRequest: string
  /** What to say when paying; undefined when the invoice says it. */
  readonly amountMsat: bigint | undefined
  readonly isHold: boolean
}

/** `nonce` keeps the payment hashes of two runs apart. */
export function createActor(world: World, nonce: string): Actor {
  let preimages = 0
  return {
    world,
    streams: createStreamRecord(world),
    invoices: [],
    foreign: [],
    channels: [world.firstChannel],
    spent: [],
    process: 'running',
    nextPreimage: () => createHash('sha256').update(`${nonce}/${preimages++}`).digest(),
  }
}

/** What `slot` stands for, modulo the count; below zero from the newest on; undefined when there is nothing. */
export function pick<Thing>(things: readonly Thing[], slot: number): Thing | undefined {
  return slot < 0 ? things.at(slot) : things[slot % things.length]
}
