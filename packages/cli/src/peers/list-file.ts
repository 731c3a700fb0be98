import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type PeerCandidate, type PeerEntry, parsePeerList } from '@payment-node/core'

/** The list that there is, and what a person has done to it since the command wrote it. */
export interface ListFile {
  /** As they stand in the file. */
  readonly entries: readonly PeerEntry[]
  /** The same, read; best first. */
  readonly candidates: readonly PeerCandidate[]
  readonly isApproved: boolean
  /** Keys that a person has added or edited. */
  readonly byHand: ReadonlySet<string>
  /** Keys that a person has taken out. */
  readonly struckOut: ReadonlySet<string>
  /** A person has put them into another order. */
  readonly isOrderByHand: boolean
  /** A digest of each entry as the command wrote it, in its order. */
  readonly written: ReadonlyMap<string, string>
}

/** What the command writes beside the entries, to know later what a person has changed. */
export interface Prepared {
  /** ISO 8601. */
  readonly at: string
  /** Where the ranking came from. */
  readonly from: string
  /** Public key of the node whose graph was asked. */
  readonly node: string
  /** Who decided it last. */
  readonly order: 'score' | 'by-hand'
  readonly written: Readonly<Record<string, string>>
}

/**
 * Reads the list; undefined when there is no file. Throws `peer-list.invalid` when it cannot be used:
 * such a file is never written over.
 */
export async function readListFile(path: string): Promise<ListFile | undefined> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const { candidates, isApproved } = await parsePeerList(text, path)
  const content = JSON.parse(text.replace(/^\ufeff/, '')) as
    | readonly PeerEntry[]
    | { readonly peers: readonly PeerEntry[] }
  const entries = 'peers' in content ? content.peers : content
  const { written, order } = readPrepared(content)
  const keys = entries.map(({ publicKey }) => publicKey.toLowerCase())
  const inFile = new Set(keys)
  return {
    entries,
    candidates,
    isApproved,
    byHand: new Set(keys.filter((key, index) => written.get(key) !== digest(entries[index]!))),
    struckOut: new Set([...written.keys()].filter((key) => !inFile.has(key))),
    isOrderByHand:
      order === 'by-hand' ||
      keys.filter((key) => written.has(key)).join() !==
        [...written.keys()].filter((key) => inFile.has(key)).join(),
    written,
  }
}

/** Our own notes may have been edited away: then every entry is a person's. */
function readPrepared(content: object): { written: Map<string, string>; order: unknown } {
  const { prepared } = content as { prepared?: unknown }
  const { written, order } = (prepared ?? {}) as { written?: unknown; order?: unknown }
  const digests = Object.entries(written ?? {}).filter(([, value]) => typeof value === 'string')
  return { written: new Map(digests), order }
}

/** What an entry says, whatever the order and the spelling of its fields. */
export function digest({ publicKey, address, alias, capacity, rank }: PeerEntry): string {
  const says = [publicKey.toLowerCase(), address, alias, capacity?.toString(), rank]
  return createHash('sha256').update(JSON.stringify(says)).digest('hex').slice(0, 16)
}

/** One entry a line, so that a line can be moved or struck out. */
export function writeListText(
  isApproved: boolean,
  entries: readonly PeerEntry[],
  prepared: Prepared,
): string {
  const lines = (values: readonly string[]) => values.map((value) => `    ${value}`).join(',\n')
  const { written, ...about } = prepared
  const notes = Object.entries(about).map(([name, value]) => `"${name}": ${JSON.stringify(value)}`)
  const digests = Object.entries(written).map(([key, value]) => `  "${key}": "${value}"`)
  return `{
  "approved": ${isApproved},
  "peers": [
${lines(entries.map(oneLine))}
  ],
  "prepared": {
${lines([...notes, `"written": {\n${lines(digests)}\n    }`])}
  }
}
`
}

function oneLine(entry: PeerEntry): string {
  const fields = Object.entries(entry).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  )
  return `{ ${fields.join(', ')} }`
}

/** In one step: whoever reads it at this moment sees the old one or the new one. */
export function replaceFile(path: string, text: string): void {
  const beside = `${path}.${process.pid}.new`
  writeFileSync(beside, text)
  renameSync(beside, path)
}
