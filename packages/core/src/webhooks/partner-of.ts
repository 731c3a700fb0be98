import { eventTypes } from '../events/event-types.ts'
import type { AnyEvent, EventType, PaymentNodeEvents } from '../events.ts'
import type { StoredEvent } from '../ports/storage.ts'

/** What stands before the dot. */
type Family = FamilyOf<EventType>
type FamilyOf<T extends EventType> = T extends `${infer F}.${string}` ? F : never
type DataOf<F extends Family> = PaymentNodeEvents[Extract<EventType, `${F}.${string}`>]

type Readers = { readonly [F in Family]: ((data: DataOf<F>) => string | null) | null }

/**
 * Whom the events of a family are about; null: nobody but the operator is told. The compiler asks for a
 * word about each new family, and refuses a reader that does not fit every event of its family.
 */
const readers: Readers = {
  node: null,
  books: null,
  transaction: null,
  invoice: ({ invoice }) => invoice.partner,
  payout: ({ payout }) => payout.partner,
  partner: ({ change }) => change.partner,
  channel: null,
  peer: null,
  keeper: null,
  liquidity: null,
  swap: null,
  webhook: null,
}

const known: ReadonlySet<string> = new Set(eventTypes)

const readerOf = (type: EventType): ((data: never) => string | null) | null =>
  readers[type.slice(0, type.indexOf('.')) as Family]

/** Whether events of this type can be about a partner. */
export function isAboutPartners(type: EventType): boolean {
  return readerOf(type) !== null
}

/** The partner that a stored event is about, who may be told; null: only the operator. */
export function partnerOf({ type, body }: Pick<StoredEvent, 'type' | 'body'>): string | null {
  const reader = knownReader(type)
  return reader && named(reader((JSON.parse(body) as { readonly data: never }).data))
}

/**
 * The partner that an event is about, who may be told of it; null: nobody but the operator, as for every event of
 * a release that this one does not know.
 */
export function partnerOfEvent({ type, data }: Pick<AnyEvent, 'type' | 'data'>): string | null {
  const reader = knownReader(type)
  return reader && named(reader(data as never))
}

/** An event of a later release may lie in the log: it is nobody's until it is known. */
function knownReader(type: string): ((data: never) => string | null) | null {
  return known.has(type) ? readerOf(type as EventType) : null
}

/** What is the operator's own carries no name. */
function named(partner: string | null): string | null {
  return partner || null
}
