import { Help } from 'commander'

// The parser's help formatter wraps words; long ones (paths, permissions) stay whole, to be copied.
const formatter = new Help()
// Its own least, 40, is too wide for a column of a table.
formatter.minWidthToWrap = 20

/** Lines of at most `width` characters, where words allow it. */
export function wrap(text: string, width: number): string[] {
  return formatter.boxWrap(text, width).split('\n')
}
