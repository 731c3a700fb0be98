import type { Amount } from '@payment-node/core'

/** `1,250,000`: whole satoshi, rounded towards zero, for columns. */
export function wholeSat({ msat }: Amount): string {
  return (msat / 1000n).toLocaleString('en-US')
}

/** `1,250,000 sat`, or `1,250,000.007 sat`: exact. */
export function exactSat(amount: Amount): string {
  const { msat } = amount
  const rest = (msat < 0n ? -msat : msat) % 1000n
  const sign = msat < 0n && msat > -1000n ? '-' : ''
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(3, '0')}`
  return `${sign}${wholeSat(amount)}${fraction} sat`
}
