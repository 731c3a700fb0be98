import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fenced `ts` block of a Markdown file or of a doc comment. */
export interface Example {
  /** Path from the root of the workspace. */
  readonly file: string
  /** Where the code starts: 1 is the first line. */
  readonly line: number
  readonly code: string
}

const sources = ['packages/*/src/**/*.ts', 'packages/*/README.md', 'docs/*.md', '*.md']

/**
 * All examples of the workspace. A block whose fence says `ts continued` goes on where the block
 * before it in the same file ended.
 */
export function readExamples(root: string): Example[] {
  return globSync(sources, { cwd: root, exclude: ['**/node_modules'] })
    .sort()
    .flatMap((file) => findExamples(file, readFileSync(join(root, file), 'utf8')))
}

/** The examples of one file. */
export function findExamples(file: string, text: string): Example[] {
  const commented = file.endsWith('.ts')
  const examples: Example[] = []
  let open: { line: number; continued: boolean; code: string[] } | undefined
  for (const [index, raw] of text.split('\n').entries()) {
    const line = commented ? raw.replace(/^\s*\* ?/, '') : raw
    const isComment = !commented || /^\s*\*/.test(raw)
    const fence = isComment ? /^\s*```(?:(ts)( continued)?\s*$)?/.exec(line) : null
    if (open !== undefined && fence !== null) {
      examples.push(finish(file, open, examples.at(-1)))
      open = undefined
    } else if (open !== undefined) {
      open.code.push(line)
    } else if (fence?.[1] === 'ts') {
      open = { line: index + 2, continued: fence[2] !== undefined, code: [] }
    }
  }
  if (open !== undefined) throw new Error(`${file}:${open.line}: the example has no end`)
  return examples
}

function finish(
  file: string,
  { line, continued, code }: { line: number; continued: boolean; code: string[] },
  before: Example | undefined,
): Example {
  if (!continued) return { file, line, code: code.join('\n') }
  if (before === undefined) throw new Error(`${file}:${line}: nothing to continue`)
  // Blank lines instead of the text between, so that line numbers stay right.
  const lines = before.code.split('\n')
  const gap = Array<string>(line - before.line - lines.length).fill('')
  return { file, line: before.line, code: [...lines, ...gap, ...code].join('\n') }
}
