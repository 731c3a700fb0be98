import type { LnurlLie } from './lnurl-server.ts'
import type { ReceiverTrouble } from './webhook-receiver.ts'
import type { World } from './world.ts'

/** What a payee does with a payment, when it is not simply taking it. */
export type Behaviour =
  /** Keeps it for so long, then takes it. */
  | { readonly kind: 'hold-and-take'; readonly milliseconds: number }
  /** Keeps it for so long, then sends it back. */
  | { readonly kind: 'hold-and-refuse'; readonly milliseconds: number }
  | { readonly kind: 'refuse'; readonly milliseconds: number }

/** A payee's behaviour, and who hears that it did so. */
export interface PayeeManner {
  readonly behaviour: Behaviour
  done(): void
}

/** What else a payer does; times are milliseconds after the invoice was given out. */
export interface PayerManner {
  /** Pays once more, that long after. */
  readonly again?: number
  /** Pays that long after. */
  readonly late?: number
  /** Pays so many sat. */
  readonly over?: number
  done(): void
}

/** What an LNURL server does the next few times; who hears of it. */
export interface ServerManner {
  readonly lie: LnurlLie
  left: number
  done(): void
}

/** What a receiver of webhooks does the next few times; who hears of it. */
export interface ReceiverManner {
  readonly trouble: ReceiverTrouble
  left: number
  done(): void
}

/** How others treat the host, as faults have set it. */
export interface Manners {
  /** By the payout's name. */
  readonly payees: Map<string, PayeeManner>
  /** By the invoice's name. */
  readonly payers: Map<string, PayerManner>
  /** Payout's name → the host asks again with the same invoice and another key, and this hears of it. */
  readonly sameInvoice: Map<string, () => void>
  /** Payout's name → another program on the same LND pays its invoice as well, so long after it was made. */
  readonly paidByOthers: Map<string, { readonly after: number; done(): void }>
  /** Name → the host asks three times at once, and this hears of it. */
  readonly twice: Map<string, () => void>
  /** By the name before the `@`. */
  readonly servers: Map<string, ServerManner>
  /** By the receiver's name. */
  readonly receivers: Map<string, ReceiverManner>
  /** What the fee source does; undefined: it tells what the chain asks. Answers sat/vB, or throws. */
  feeSource: (() => number) | undefined
}

const manners = new WeakMap<World, Manners>()

/** How others treat the host in this world; everybody is polite at first. */
export function mannersOf(world: World): Manners {
  const known: Manners = manners.get(world) ?? {
    payees: new Map(),
    payers: new Map(),
    sameInvoice: new Map(),
    paidByOthers: new Map(),
    twice: new Map(),
    servers: new Map(),
    receivers: new Map(),
    feeSource: undefined,
  }
  manners.set(world, known)
  return known
}
