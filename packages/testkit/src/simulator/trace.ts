import { createHash } from 'node:crypto'

/** What happened in a run, as text. */
export interface Trace {
  /** One line; must not contain anything that differs between two runs of the same seed. */
  write(line: string): void
  /** What is written from now on is dropped. */
  close(): void
  /** SHA-256 of all lines so far, hex. */
  fingerprint(): string
  readonly count: number
  /** The newest lines, oldest first; all of them when the trace keeps all. */
  readonly lines: readonly string[]
}

const linesPerUpdate = 256

/** Keeps `keep` newest lines; hashes all. Lines begin with the virtual time in milliseconds. */
export function createTrace(now: () => number, keep: number = Number.POSITIVE_INFINITY): Trace {
  const hash = createHash('sha256')
  let pending: string[] = []
  const kept: string[] = []
  let count = 0
  let isClosed = false
  const flush = (): void => {
    if (pending.length === 0) return
    hash.update(`${pending.join('\n')}\n`)
    kept.push(...pending)
    if (kept.length > 2 * keep) kept.splice(0, kept.length - keep)
    pending = []
  }
  return {
    close() {
      isClosed = true
    },
    write(line) {
      if (isClosed) return
      count++
      pending.push(`${now()} ${line}`)
      if (pending.length >= linesPerUpdate) flush()
    },
    fingerprint() {
      flush()
      return hash.copy().digest('hex')
    },
    get count() {
      return count
    },
    get lines() {
      flush()
      return kept.length > keep ? kept.slice(-keep) : kept
    },
  }
}
