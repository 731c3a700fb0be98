import type { OptionRefusal } from './liquidity-options.ts'

/** What a refusal means for the plan as a whole. */
type Meaning =
  /** Something must change first. */
  | 'stays'
  /** Time alone takes it away, sooner or later: what is too dear for now may be so for long. */
  | 'passes'
  /** What helps really, and is only waited for. */
  | 'soon'
  /** Another option is better: it explains nothing. */
  | 'quiet'

/** When all options are refused, the first of these is named: what the operator can change comes first. */
const meanings: Readonly<Record<OptionRefusal, Meaning>> = {
  'left-to-operator': 'stays',
  'budget-exhausted': 'stays',
  'feerate-above-ceiling': 'stays',
  'price-above-ceiling': 'stays',
  'worst-case-above-ceiling': 'stays',
  'feerate-unknown': 'stays',
  'outbound-floor': 'stays',
  'above-provider-maximum': 'stays',
  obligation: 'stays',
  'feerate-not-low': 'soon',
  'price-not-acceptable': 'passes',
  'in-flight-cap': 'soon',
  'failed-lately': 'soon',
  'too-late': 'passes',
  'brings-no-inbound': 'quiet',
  'not-needed': 'quiet',
}

const loudest = Object.keys(meanings) as readonly OptionRefusal[]

/** The one to name; undefined: none of them explains anything. */
export function loudestOf(refusals: ReadonlySet<OptionRefusal>): OptionRefusal | undefined {
  return loudest.find((refusal) => refusals.has(refusal) && meanings[refusal] !== 'quiet')
}

/** The one that is worth waiting for; undefined: none goes away by itself. */
export function passingOf(refusals: ReadonlySet<OptionRefusal>): OptionRefusal | undefined {
  return loudest.find(
    (refusal) =>
      refusals.has(refusal) && (meanings[refusal] === 'passes' || meanings[refusal] === 'soon'),
  )
}

export function comesSoon(refusal: OptionRefusal): boolean {
  return meanings[refusal] === 'soon'
}
