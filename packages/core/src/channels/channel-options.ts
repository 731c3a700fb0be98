import { type Amount, type AmountInput, readPositiveAmount, sat } from '../domain/amount.ts'
import { readCapacity } from '../domain/channel-capacity.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import { invalid } from '../errors.ts'
import { readInteger, readObject, readOneOf } from '../read-input.ts'

/** What a lever may do by itself. `observe` looks, `recommend` writes down what it would do, `act` does it. */
export type Mode = 'observe' | 'recommend' | 'act'

/** How the channels of the node are kept. Peers come from `channelSources`. */
export interface ChannelOptions {
  /** Default `'recommend'`: nobody gives a new program a wallet on its first day. */
  readonly mode?: Mode
  /** Active channels to distinct peers of the list. Default 5. */
  readonly minimumActive?: number
  /** Size of a channel whose list entry names none. Default 2,000,000 sat. */
  readonly capacity?: AmountInput
  /** On-chain fees that opening may cost per UTC month. Default 100,000 sat. */
  readonly budgetPerMonth?: AmountInput
  /** Hard ceiling in sat/vB: nothing is opened above it, whatever is missing. Default 50. */
  readonly maximumFeerate?: number
  /** Blocks in which a funding should confirm: decides the feerate. Default 6. */
  readonly confirmWithin?: number
  /** Stays in the wallet: this or LND's own reserve, whichever is larger, and the cost of a close. Default 100,000 sat. */
  readonly onchainFloor?: AmountInput
  /** A channel that is not active counts this long. Default 24 hours. */
  readonly gracePeriod?: Duration
  /** After LND came back nothing is opened, and no peer is blamed, for this long. Default 15 minutes. */
  readonly settlePeriod?: Duration
  /** First time that a peer is left alone after a failure; each further one makes it four times longer, up to 30 days. Default 1 hour. */
  readonly coolDown?: Duration
  /** So many closes in 24 hours that nobody asked for are an alarm. Default 3. */
  readonly massCloses?: number
  /** A funding without a confirmation after so many blocks is an event, and no longer holds up the next open. Default 144. */
  readonly stuckAfter?: number
}

/** The options with every default filled in. Durations in milliseconds. */
export interface ChannelSettings {
  readonly mode: Mode
  readonly minimumActive: number
  readonly capacity: Amount
  readonly budgetPerMonth: Amount
  readonly maximumFeerate: number
  readonly confirmWithin: number
  readonly onchainFloor: Amount
  readonly gracePeriod: number
  readonly settlePeriod: number
  readonly coolDown: number
  readonly massCloses: number
  readonly stuckAfter: number
}

export function readChannelOptions(value: unknown, capPerOpen: Amount): ChannelSettings {
  const options = readObject(value === undefined ? {} : value, 'channels', [
    'mode',
    'minimumActive',
    'capacity',
    'budgetPerMonth',
    'maximumFeerate',
    'confirmWithin',
    'onchainFloor',
    'gracePeriod',
    'settlePeriod',
    'coolDown',
    'massCloses',
    'stuckAfter',
  ])
  const given = <T>(name: string, absent: T): unknown =>
    options[name] === undefined ? absent : options[name]
  const amount = (name: string, absent: Amount): Amount =>
    readPositiveAmount(given(name, absent), `channels.${name}`)
  const integer = (name: string, absent: number, maximum: number): number =>
    readInteger(given(name, absent), `channels.${name}`, { minimum: 1, maximum })
  const duration = (name: string, absent: Duration, minimum = 0): number =>
    1000 * readDuration(given(name, absent), `channels.${name}`, { minimum, maximum: 365 * 86_400 })

  const usual = sat(2_000_000)
  const absent = capPerOpen.msat < usual.msat ? capPerOpen : usual
  const capacity = readCapacity(given('capacity', absent), 'channels.capacity')
  if (capacity.msat > capPerOpen.msat) {
    throw invalid('channels.capacity', 'above-cap', `is above caps.perOpen (${capPerOpen})`)
  }
  return {
    mode: readOneOf(given('mode', 'recommend'), 'channels.mode', ['observe', 'recommend', 'act']),
    minimumActive: integer('minimumActive', 5, 1000),
    capacity,
    budgetPerMonth: amount('budgetPerMonth', sat(100_000)),
    maximumFeerate: integer('maximumFeerate', 50, 10_000),
    confirmWithin: readInteger(given('confirmWithin', 6), 'channels.confirmWithin', {
      minimum: 2,
      maximum: 1008,
    }),
    onchainFloor: amount('onchainFloor', sat(100_000)),
    gracePeriod: duration('gracePeriod', '24h'),
    settlePeriod: duration('settlePeriod', '15m'),
    coolDown: duration('coolDown', '1h', 1),
    massCloses: integer('massCloses', 3, 1000),
    stuckAfter: integer('stuckAfter', 144, 2016),
  }
}
