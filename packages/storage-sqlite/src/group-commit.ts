import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers'
import { engineFailure, outcomeOfCommit } from './engine-failure.ts'
import type { Statements } from './statements.ts'

/** What one caller's work inside the common transaction came to. */
export interface Worked<R> {
  readonly answer: R
  /** False takes back whatever the work wrote. */
  readonly isKept: boolean
}

/** Callers of one turn of the event loop share one transaction, and so one fsync. */
export interface GroupCommit {
  /** Resolves when the work is durable. The work is synchronous, and the only writer while it runs. */
  run<R>(work: () => Worked<R>): Promise<R>
  /** Commits what is waiting, now. */
  flush(): void
}

interface Waiting {
  readonly work: () => Worked<unknown>
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
}

/** What a caller will be told. */
interface Answer {
  readonly isKept: boolean
  readonly tell: () => void
}

/** More would hold up the event loop for too long; the rest follows in the next turn. */
const largestGroup = 500

export function groupCommit(
  file: string,
  database: DatabaseSync,
  statements: Statements,
  onCommitted: () => void,
): GroupCommit {
  let waiting: Waiting[] = []
  let isScheduled = false

  const schedule = (): void => {
    if (isScheduled || waiting.length === 0) return
    isScheduled = true
    setImmediate(() => {
      isScheduled = false
      commitGroup()
      schedule()
    })
  }

  const commitGroup = (): void => {
    const group = waiting.slice(0, largestGroup)
    waiting = waiting.slice(largestGroup)
    if (group.length === 0) return
    const answers = commitTogether(group)
    for (const { tell } of answers) tell()
    if (answers.some(({ isKept }) => isKept)) onCommitted()
  }

  /** Gives what each caller will be told; tells them nothing before the outcome is certain. */
  const commitTogether = (group: readonly Waiting[]): Answer[] => {
    const failed = (error: unknown): Answer[] =>
      group.map(({ reject }) => ({ isKept: false, tell: () => reject(error) }))
    const answers: Answer[] = []
    try {
      if (database.isTransaction) statements.run('ROLLBACK')
      statements.run('BEGIN IMMEDIATE')
      for (const one of group) answers.push(workAlone(one))
    } catch (error) {
      rollBack()
      return failed(engineFailure(file, error, 'none'))
    }
    try {
      statements.run('COMMIT')
    } catch (error) {
      rollBack()
      return failed(engineFailure(file, error, outcomeOfCommit(error)))
    }
    return answers
  }

  /** Runs one caller's work so that it harms no other; throws only when the whole transaction is lost. */
  const workAlone = ({ work, resolve, reject }: Waiting): Answer => {
    statements.run('SAVEPOINT one')
    try {
      const { answer, isKept } = work()
      if (!isKept) statements.run('ROLLBACK TO one')
      statements.run('RELEASE one')
      return { isKept, tell: () => resolve(answer) }
    } catch (error) {
      if (!database.isTransaction) throw error
      statements.run('ROLLBACK TO one')
      statements.run('RELEASE one')
      return { isKept: false, tell: () => reject(engineFailure(file, error, 'none')) }
    }
  }

  const rollBack = (): void => {
    try {
      if (database.isTransaction) statements.run('ROLLBACK')
    } catch {
      // The next group tries again before it begins.
    }
  }

  return {
    run: <R>(work: () => Worked<R>) =>
      new Promise<R>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (answer: unknown) => void, reject })
        schedule()
      }),
    flush() {
      while (waiting.length > 0) commitGroup()
    },
  }
}
