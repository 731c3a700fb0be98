import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The path of a database file that does not exist yet, alone in a directory that goes with the test. */
export function freshFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'storage-sqlite-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'books.db')
}
