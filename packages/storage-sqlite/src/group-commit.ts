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

export function groupCommit(options: {
  readonly file: string
  readonly database: DatabaseSync
  readonly statements: Statements
  /** Throws when the file is no longer ours to write. */
  readonly checkLock: () => void
  /** Called after each group of which something was kept. */
  readonly onCommitted: () => void
}): GroupCommit {
  const { file, database, statements, checkLock, onCommitted } = options
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
      checkLock()
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
      const isLost = outcomeOfCommit(error) === 'none' || overwriteLost()
      return failed(engineFailure(file, error, isLost ? 'none' : 'unknown'))
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

  /**
   * After a failed fsync the group may lie in the log, commit mark and all, where this process no
   * longer sees it but a crash would bring it back. The next commit is written to the same place: once
   * one has succeeded, the lost group is gone for certain.
   */
  const overwriteLost = (): boolean => {
    try {
      statements.run('UPDATE storage_schema SET lost_commits = lost_commits + 1')
      return true
    } catch {
      return false
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
