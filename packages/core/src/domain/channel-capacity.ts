import { invalid } from '../errors.ts'
import { type Amount, readPositiveAmount } from './amount.ts'

/** LND's own bounds of a channel, in sat; more needs wumbo channels, which are not used. */
export const channelBounds = { minimum: 20_000n, maximum: 16_777_215n } as const

/** The size of a channel: whole satoshi within LND's bounds. */
export function readCapacity(value: unknown, field: string): Amount {
  const amount = readPositiveAmount(value, field)
  const inSat = amount.msat / 1000n
  if (inSat * 1000n !== amount.msat) throw invalid(field, 'not-whole-sat', 'must be whole satoshi')
  if (inSat < channelBounds.minimum || inSat > channelBounds.maximum) {
    throw invalid(
      field,
      'out-of-range',
      `must be ${channelBounds.minimum} to ${channelBounds.maximum} sat`,
    )
  }
  return amount
}
