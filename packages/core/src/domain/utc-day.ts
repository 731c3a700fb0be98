const dayMilliseconds = 86_400_000
/** Days from the 1st of March of the year 0 to 1970. */
const epoch = 719_468
/** Days of 400 years, and of 4 years and 100 years less their last leap day's uncertainty. */
const era = 146_097

/** The UTC day of a moment (milliseconds since 1970), like `2026-11-22`. Years 1970 to 9999. */
export function utcDay(now: number): string {
  const { year, month, day } = civilDate(Math.floor(now / dayMilliseconds))
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`
}

/** Days since 1970 of a day like `2026-11-22`; undefined when the calendar has no such day. */
export function daysSince1970(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return undefined
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  // Counted from March, the leap day is the last one of its year.
  const shifted = month > 2 ? year : year - 1
  const ofEra = shifted - Math.floor(shifted / 400) * 400
  const ofYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const days =
    Math.floor(shifted / 400) * era +
    ofEra * 365 +
    Math.floor(ofEra / 4) -
    Math.floor(ofEra / 100) +
    ofYear -
    epoch
  // What is no day of the calendar (the 31st of June) comes out as another one.
  return days >= 0 && utcDay(days * dayMilliseconds) === text ? days : undefined
}

/** Gregorian, by years that begin in March: their months have 31, 30, 31, 30, 31 days again and again. */
function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + epoch
  const eras = Math.floor(shifted / era)
  const ofEra = shifted - eras * era
  const year = Math.floor(
    (ofEra -
      Math.floor(ofEra / 1460) +
      Math.floor(ofEra / 36_524) -
      Math.floor(ofEra / (era - 1))) /
      365,
  )
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const fromMarch = Math.floor((5 * ofYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return {
    year: eras * 400 + year + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  }
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0')
}
