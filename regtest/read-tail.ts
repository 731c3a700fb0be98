import { existsSync, readFileSync } from 'node:fs'

/** The last lines of a log file, for error texts. */
export function readTail(path: string, lines = 25): string {
  if (!existsSync(path)) return `(no log at ${path})`
  const all = readFileSync(path, 'utf8').trimEnd().split('\n')
  return `--- last lines of ${path}\n${all.slice(-lines).join('\n')}\n---`
}
