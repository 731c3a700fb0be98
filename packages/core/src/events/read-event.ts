import { type Amount, parseAmount } from '../domain/amount.ts'
import type { AnyEvent, EventType, PaymentNodeEvents } from '../events.ts'
import type { StoredEvent } from '../ports/storage.ts'

/** Every object that events carry, by its name in `data`. */
type Carried = {
  [T in EventType]: { [K in keyof PaymentNodeEvents[T]]: readonly [K, PaymentNodeEvents[T][K]] }
}[EventType] extends infer Data
  ? Data extends unknown
    ? Data[keyof Data]
    : never
  : never
type Named = Extract<Carried, readonly [string, unknown]>
type ValueOf<Name extends string> = Extract<Named, readonly [Name, unknown]>[1]

/** Where a value holds amounts: names joined by dots, through lists. */
type AmountPath<T> = T extends Amount
  ? ''
  : T extends readonly (infer Entry)[]
    ? AmountPath<Entry>
    : T extends object
      ? { [K in keyof T & string]: Join<K, AmountPath<T[K]>> }[keyof T & string]
      : never
type Join<Head extends string, Tail> = Tail extends '' ? Head : `${Head}.${Tail & string}`

type AmountPaths = {
  readonly [Name in Named[0] as [AmountPath<ValueOf<Name>>] extends [never]
    ? never
    : Name]: Readonly<Record<AmountPath<ValueOf<Name>>, true>>
}

/**
 * The fields of event data that are amounts, in lists too; the compiler asks for each one, and for none besides.
 * Metadata is the host's and stays as it is.
 */
const amounts: AmountPaths = {
  invoice: { amount: true, paid: true, fee: true, commission: true, net: true },
  payout: { amount: true, feeLimit: true, fee: true, debt: true, 'queue.worstFee': true },
  transaction: { fee: true, 'outputs.amount': true },
  channel: { capacity: true, local: true, remote: true, sendable: true, receivable: true },
  opening: { capacity: true, feeLimit: true, fee: true },
  decision: { capacity: true, cost: true },
  swap: {
    amount: true,
    onchain: true,
    'limits.service': true,
    'limits.routing': true,
    'limits.claim': true,
    'limits.prepay': true,
    'costs.service': true,
    'costs.routing': true,
    'costs.claim': true,
    'costs.prepay': true,
  },
  run: {
    missing: true,
    sendable: true,
    receivable: true,
    movable: true,
    budgetLeft: true,
    'actions.amount': true,
    'actions.cost': true,
    'actions.worst': true,
    'actions.receivable': true,
    'rejected.amount': true,
    'rejected.cost': true,
    'rejected.worst': true,
    'rejected.receivable': true,
  },
  proof: {
    difference: true,
    'assets.low': true,
    'assets.high': true,
    'total.low': true,
    'total.high': true,
    'expected.low': true,
    'expected.high': true,
    owed: true,
    operator: true,
    inFlight: true,
    unbooked: true,
  },
}

const paths = Object.entries(amounts).map(
  ([name, fields]) => [name, Object.keys(fields).map((field) => field.split('.'))] as const,
)

/** The event as an object again: the stored envelope, its amounts revived, its cursor added. */
export function readEvent(stored: StoredEvent): AnyEvent {
  const envelope = JSON.parse(stored.body) as AnyEvent
  return { ...reviveAmounts(envelope), cursor: stored.cursor.toString() }
}

/** Makes the amounts of a parsed event amounts again, in place. */
export function reviveAmounts(event: AnyEvent): AnyEvent {
  const data = event.data as unknown as Record<string, unknown>
  for (const [name, fields] of paths) {
    if (data[name] === undefined) continue
    for (const field of fields) revive(data[name], field)
  }
  return event
}

function revive(value: unknown, [field, ...inner]: readonly string[]): void {
  if (field === undefined || typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const entry of value) revive(entry, [field, ...inner])
    return
  }
  const object = value as Record<string, unknown>
  const text = object[field]
  if (inner.length > 0) revive(text, inner)
  else if (typeof text === 'string') object[field] = parseAmount(text, field)
}
