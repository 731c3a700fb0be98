import { Help } from 'commander'

// The parser's help formatter wraps words; long ones (paths, permissions) stay whole, to be copied.
const formatter = new Help()

/** Lines of at most `width` characters, where words allow it. */
export function wrap(text: string, width: number): string[] {
  return formatter.boxWrap(text, width).split('\n')
}
