import { closeSync, existsSync, openSync } from 'node:fs'

/**
 * Creates an empty file for its owner alone. A file that is there is not even opened: closing it
 * would drop the locks that this process may hold on it.
 */
export function createPrivately(file: string): void {
  if (existsSync(file)) return
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
