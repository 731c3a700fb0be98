import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory that is removed when the test ends. */
export function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'storage-sqlite-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export function freshFile(): string {
  return join(freshDirectory(), 'books.db')
}
