import { describeError } from '../terminal/describe-error.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import { explainRefusal } from './explain-refusal.ts'

/** What went wrong, and what to do about it. */
export function printRefusal(terminal: Terminal, refusal: unknown): void {
  const { colors, columns, print } = terminal
  const { says, advice } = describeError(refusal)
  for (const line of wrap(plain(says), columns)) print(colors.red(line))
  if (advice !== null) for (const line of wrap(`→ ${plain(advice)}`, columns)) print(line)
  explainRefusal(terminal, refusal)
}
