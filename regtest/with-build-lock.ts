import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts'
import { type Report, reportWhile } from './report-progress.ts'
import { waitUntil } from './wait-until.ts'

/** Runs the work while holding a lock file; a lock whose process is gone is taken over. */
export async function withBuildLock(
  path: string,
  report: Report,
  work: () => Promise<void>,
): Promise<void> {
  await reportWhile(
    report,
    waitUntil(`the lock ${path}`, () => takeLock(path), {
      deadlineMilliseconds: 30 * 60_000,
      intervalMilliseconds: 200,
    }),
    (seconds) => `another process is building (${path}): waited ${seconds} s`,
  )
  try {
    await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function takeLock(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(identifyProcess(process.pid)), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const owner = readOwner(path)
  if (owner !== undefined && !isRunning(owner)) rmSync(path, { force: true })
  return false
}

/** Undefined while the owner is between creating and filling the file. */
function readOwner(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity
  } catch {
    return undefined
  }
}
