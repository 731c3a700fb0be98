/**
 * One place where a process can be struck: a call to a port before it is made, when LND has done it,
 * when its answer is there; each item of a stream; a commit before it is applied and after.
 */
export interface Step {
  /** Counts all steps of the run, from 1. */
  readonly number: number
  /** `'a'`, `'b'`: the place of the process that takes it. */
  readonly process: string
  /** E.g. `'lightning.pay/before'`, `'lightning.pay/effect'`, `'storage.commit/after'`. */
  readonly name: string
  readonly parameters: readonly unknown[]
  /** What the process is about to be given, where there is something. */
  readonly result?: unknown
}

/** What happens at a step. Nothing given: it goes on. */
export interface StepAction {
  /** The process ends here. */
  readonly kill?: true
  /** The process stands still here for so many milliseconds; the world goes on. */
  readonly pauseMilliseconds?: number
  /** The call takes so many milliseconds longer; the process goes on with other things. */
  readonly delayMilliseconds?: number
  /** The call throws this. At `effect` and `after` its effect stays. */
  readonly error?: unknown
  /** The process is given this instead: items of a stream twice, a batch in another order. */
  readonly replace?: { readonly results: readonly unknown[] }
}

/** Decides about a step; undefined lets it pass. May change the world first. */
export type StepHook = (step: Step) => StepAction | undefined

/** The steps of a run. */
export interface Steps {
  /** Asks `hook` at every step of this name (`'*'`: at all); returns what removes it. */
  add(name: string, hook: StepHook): () => void
  /** A process takes a step: counts it, and answers the action of the first hook that has one. */
  take(step: Omit<Step, 'number'>): StepAction | undefined
  readonly count: number
}

/** No hooks at first. `onStep` hears of every step before the hooks. */
export function createSteps(onStep: (step: Step) => void): Steps {
  const hooks = new Map<string, Set<StepHook>>()
  let count = 0

  const ask = (name: string, step: Step): StepAction | undefined => {
    const asked = hooks.get(name)
    if (!asked) return undefined
    for (const hook of [...asked]) {
      const action = hook(step)
      if (action) return action
    }
    return undefined
  }

  return {
    get count() {
      return count
    },
    add(name, hook) {
      const known = hooks.get(name) ?? new Set()
      hooks.set(name, known.add(hook))
      return () => void known.delete(hook)
    },
    take(taken) {
      const step: Step = { ...taken, number: ++count }
      onStep(step)
      return ask(step.name, step) ?? ask('*', step)
    },
  }
}
