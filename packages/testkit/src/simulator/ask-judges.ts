import type { Invariant, Judge, Witness } from './invariants/invariant.ts'
import type { Violation } from './world.ts'

/** The judges of one run. */
export interface Court {
  /** Asks one judge after the other, until one finds something. */
  ask(question: (judge: Judge) => string | undefined): void
  /** New judges: what the former ones remember has not happened for these books. */
  renew(): void
}

/** One judge per invariant. `violate` hears what the first of them finds. */
export function openCourt(
  invariants: readonly Invariant[],
  witness: Witness,
  violate: (found: Omit<Violation, 'at'>) => void,
): Court {
  const appoint = () =>
    invariants.map((invariant) => ({ invariant, judge: invariant.begin(witness) }))
  let judges = appoint()
  return {
    ask(question) {
      for (const { invariant, judge } of judges) {
        const found = answer(judge, question)
        if (found === undefined) continue
        violate({ invariant: invariant.name, says: invariant.says, found })
        return
      }
    },
    renew() {
      judges = appoint()
    },
  }
}

function answer(judge: Judge, question: (judge: Judge) => string | undefined): string | undefined {
  try {
    return question(judge)
  } catch (error) {
    return `the invariant itself failed: ${error instanceof Error ? error.stack : error}`
  }
}
