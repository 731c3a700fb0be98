import type { Invariant, Judge, SeenCommit, Witness } from './invariants/invariant.ts'
import type { Step } from './steps.ts'
import type { Violation } from './world.ts'

/** The judges of one run. */
export interface Court {
  commit(commit: SeenCommit): void
  step(step: Step): void
  end(): void
  /** New judges: what the former ones remember has not happened for these books. */
  renew(): void
}

/** One judge per invariant. `violate` hears what the first of them finds. */
export function openCourt(
  invariants: readonly Invariant[],
  witness: Witness,
  violate: (found: Omit<Violation, 'at'>) => void,
): Court {
  let judges = appoint(invariants, witness)

  /** Asks one judge after the other, until one finds something. */
  const ask = (asked: readonly Appointed[], question: (judge: Judge) => string | undefined) => {
    for (const { invariant, judge } of asked) {
      const found = answer(judge, question)
      if (found === undefined) continue
      violate({ invariant: invariant.name, says: invariant.says, found })
      return
    }
  }

  return {
    commit: (commit) => ask(judges.ofCommits, (judge) => judge.commit?.(commit)),
    step: (step) => ask(judges.ofSteps, (judge) => judge.step?.(step)),
    end: () => ask(judges.ofEnds, (judge) => judge.end?.()),
    renew() {
      judges = appoint(invariants, witness)
    },
  }
}

interface Appointed {
  readonly invariant: Invariant
  readonly judge: Judge
}

/** Judges by what they look at: steps come by the thousand. */
interface Appointments {
  readonly ofCommits: readonly Appointed[]
  readonly ofSteps: readonly Appointed[]
  readonly ofEnds: readonly Appointed[]
}

function appoint(invariants: readonly Invariant[], witness: Witness): Appointments {
  const all = invariants.map((invariant) => ({ invariant, judge: invariant.begin(witness) }))
  return {
    ofCommits: all.filter(({ judge }) => judge.commit),
    ofSteps: all.filter(({ judge }) => judge.step),
    ofEnds: all.filter(({ judge }) => judge.end),
  }
}

function answer(judge: Judge, question: (judge: Judge) => string | undefined): string | undefined {
  try {
    return question(judge)
  } catch (error) {
    return `the invariant itself failed: ${error instanceof Error ? error.stack : error}`
  }
}
