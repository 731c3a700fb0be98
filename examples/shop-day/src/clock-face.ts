/** `08:05`, in UTC, as the caps' days are. */
export function clockFace(milliseconds: number, isPrecise = false): string {
  return new Date(milliseconds).toISOString().slice(11, isPrecise ? 19 : 16)
}

/** `25,000 sat`; millisatoshi only where there are some. */
export function inSat(amountMsat: bigint): string {
  const whole = group(amountMsat / 1000n)
  const rest = amountMsat % 1000n
  return rest === 0n ? `${whole} sat` : `${whole}.${String(rest).padStart(3, '0')} sat`
}

/** `2,000,000`. */
export function group(whole: bigint): string {
  return whole.toLocaleString('en-US')
}
