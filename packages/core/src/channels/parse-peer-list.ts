import type { ValueNode } from '@humanwhocodes/momoa'
import type { CurveCheck } from '../domain/peer-entry.ts'
import { type ReadPeerList, readPeerList } from '../domain/peer-list.ts'
import { refusePeerList } from '../domain/refuse-peer-list.ts'
import { createCurveCheck } from './check-curve.ts'

/**
 * Reads the text of a list of peers, as a file has it; throws `peer-list.invalid` with the line. `list`
 * is its name, for errors. One that is not approved is read too: that is for the caller to judge.
 */
export function parsePeerList(text: string, list: string): Promise<ReadPeerList> {
  return readPeerText(text, list, createCurveCheck())
}

/** As {@link parsePeerList}, with a check that remembers the keys of the last reading. */
export async function readPeerText(
  text: string,
  list: string,
  isOnCurve: CurveCheck,
): Promise<ReadPeerList> {
  // Loaded when the first file is read: a parser that knows where things stand is not small.
  const { parse, evaluate } = await import('@humanwhocodes/momoa')
  // Editors on Windows begin a file with a mark that is no JSON.
  const json = text.replace(/^\ufeff/, '')
  let body: ValueNode
  let value: unknown
  try {
    body = parse(json).body
    value = evaluate(body)
  } catch (error) {
    throw notJson(list, error)
  }
  refuseDuplicates(list, body)
  return readPeerList(value, { list, isOnCurve, lineOf: (path) => findLine(body, path) })
}

/** The parser's message ends with the place, which its error also has. */
function notJson(list: string, error: unknown): Error {
  const { message, line, column } = error as Error & { line?: number; column?: number }
  const what = message.replace(/\s*\(\d+:\d+\)$/, '').replace(/\.$/, '')
  const where = column === undefined ? '' : ` at column ${column}`
  return refusePeerList(
    { list, entry: null, line: line ?? null, field: 'json', reason: 'not-json' },
    `is not JSON${where}: ${what}`,
    error,
  )
}

/** The same field twice in one entry: JSON would silently take the last. */
function refuseDuplicates(list: string, body: ValueNode): void {
  const refuse = (node: ValueNode, entry: number | null): void => {
    if (node.type !== 'Object') return
    const seen = new Set<string>()
    for (const { name, loc } of node.members) {
      const field = name.type === 'String' ? name.value : name.name
      if (seen.has(field)) {
        const details = { list, entry, line: loc.start.line, field, reason: 'duplicate-field' }
        throw refusePeerList(details, `${field}: is given twice`)
      }
      seen.add(field)
    }
  }
  refuse(body, null)
  const peers = body.type === 'Object' ? memberOf(body, 'peers')?.value : body
  if (peers?.type !== 'Array') return
  for (const [index, { value }] of peers.elements.entries()) refuse(value, index + 1)
}

/** Line of what is at the path, as deep as it goes. */
function findLine(body: ValueNode, path: readonly (string | number)[]): number {
  let node = body
  let line = body.loc.start.line
  for (const step of path) {
    if (node.type === 'Array' && typeof step === 'number' && node.elements[step]) {
      node = node.elements[step].value
      line = node.loc.start.line
      continue
    }
    const member = node.type === 'Object' ? memberOf(node, String(step)) : undefined
    if (!member) break
    node = member.value
    line = member.loc.start.line
  }
  return line
}

function memberOf(node: Extract<ValueNode, { type: 'Object' }>, field: string) {
  return node.members.find(
    ({ name }) => (name.type === 'String' ? name.value : name.name) === field,
  )
}
