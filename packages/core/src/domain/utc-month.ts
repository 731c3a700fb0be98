const dayMilliseconds = 86_400_000
/** Days of 400 years, of 100, of 4 and of one, counted from a 1 March. */
const era = 146_097
const century = 36_524
const fourYears = 1461
const year = 365

/**
 * The UTC month of a moment (milliseconds since 1970) as `2026-01`: the period of a budget. By arithmetic
 * alone, since `Date` reads a clock of its own.
 */
export function utcMonth(now: number): string {
  // Years that begin in March have their leap day at the end. 719,468 days before 1970 is 0000-03-01.
  const days = Math.floor(now / dayMilliseconds) + 719_468
  const eras = Math.floor(days / era)
  const ofEra = days - eras * era
  const years = Math.floor(
    (ofEra -
      Math.floor(ofEra / (fourYears - 1)) +
      Math.floor(ofEra / century) -
      Math.floor(ofEra / (era - 1))) /
      year,
  )
  const ofYear = ofEra - (years * year + Math.floor(years / 4) - Math.floor(years / 100))
  // Five months from March have 153 days, again and again.
  const fromMarch = Math.floor((5 * ofYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const calendarYear = years + eras * 400 + (month <= 2 ? 1 : 0)
  return `${String(calendarYear).padStart(4, '0')}-${String(month).padStart(2, '0')}`
}
