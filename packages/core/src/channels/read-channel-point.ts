import { readText } from '../read-input.ts'

/** A funding outpoint as hosts write it. */
export function readChannelPoint(value: unknown, field = 'channelPoint'): string {
  return readText(value, field, {
    maximum: 80,
    pattern: /^[0-9a-f]{64}:(0|[1-9][0-9]{0,9})$/,
    says: 'expected a funding outpoint: 64 lower-case hex digits, a colon, the index',
  })
}
