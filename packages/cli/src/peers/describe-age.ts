const hour = 3_600_000
const day = 24 * hour

/** `5 h`, `12 d`, `4.5 y`: a length of time in few characters. Milliseconds. */
export function describeAge(milliseconds: number): string {
  if (milliseconds < day) return `${Math.max(0, Math.floor(milliseconds / hour))} h`
  const days = Math.floor(milliseconds / day)
  if (days < 365) return `${days} d`
  const years = days / 365.25
  return `${years < 9.95 ? years.toFixed(1) : Math.round(years)} y`
}
