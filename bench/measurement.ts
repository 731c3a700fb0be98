/** One line of the result. */
export interface Measurement {
  /** Name of the section. */
  readonly section: string
  /** What was measured, for people. */
  readonly what: string
  readonly value: number
  readonly unit: Unit
  /** Smallest and largest of the rounds. */
  readonly range?: readonly [number, number]
  readonly target?: Target
  /** Another tool or the bare engine, measured in the same rounds for the comparison. */
  readonly isReference?: true
}

/** `ratio` compares two things of one run, so that it means the same on another machine. */
export type Unit = 'ratio' | 'per second' | 'ms' | 's' | 'us' | 'kB' | 'MB' | 'count'

/** What the project wants; nothing fails when it is missed. */
export type Target = { readonly atLeast: number } | { readonly atMost: number }

/** Whether the target is met; undefined without one. */
export function isMet({ value, target }: Measurement): boolean | undefined {
  if (!target) return undefined
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}
