import { stripVTControlCharacters } from 'node:util'
import picocolors from 'picocolors'

/** Where the command writes: a stream of the process, or one that a test reads. */
export interface Output {
  /** Text as it is, without a line end of its own. */
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export type Colors = ReturnType<typeof picocolors.createColors>

/** An output with its width and colours. */
export interface Terminal {
  /** Characters per line: those of the terminal between 60 and 100; 80 when it is none. */
  readonly columns: number
  readonly colors: Colors
  /** Writes one line. */
  print(line?: string): void
}

export function openTerminal(
  output: Output,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const columns = output.isTTY ? (output.columns ?? 80) : 80
  return {
    columns: Math.min(100, Math.max(60, columns)),
    colors: picocolors.createColors(hasColors(output, env)),
    print: (line = '') => void output.write(`${line}\n`),
  }
}

/** https://no-color.org: any text in NO_COLOR turns colours off. */
export function hasColors(
  output: Output,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0'
  return output.isTTY === true && env.TERM !== 'dumb'
}

/** Text from outside, such as a peer's alias, as one line without anything that steers a terminal. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\s+/g, ' ').replace(/\p{C}/gu, '').trim()
}
