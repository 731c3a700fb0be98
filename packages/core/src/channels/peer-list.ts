import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { PeerEntry } from '../domain/peer-entry.ts'
import { type PeerListContent, type ReadPeerList, readPeerList } from '../domain/peer-list.ts'
import { refusePeerList } from '../domain/refuse-peer-list.ts'
import { PaymentNodeError } from '../errors.ts'
import type { PeerCandidate, PeerSource } from '../ports/channel-source.ts'
import { createCurveCheck } from './check-curve.ts'
import { readPeerText } from './parse-peer-list.ts'

/** A curated list of peers; see {@link peerList}. */
export interface PeerList extends PeerSource {
  /** Absolute path; null for a list that is not a file. */
  readonly file: string | null
}

/** Bytes that a file may have: 10,000 entries with everything in them. */
const mostBytes = 8_000_000

/**
 * The curated list that channels are opened from: the path of a JSON file, or the entries themselves.
 * Every entry is checked; the first that cannot be used is an error (`peer-list.invalid`) that names
 * it, the line in the file, and why. Entries are checked here at once, a file when it is read.
 *
 * A file is looked at again each time, and read again when it has changed; while it has not, the same
 * array is given. It may be an array of entries or what `payment-node peers` writes; one that says
 * `"approved": false` is not used.
 *
 * @example
 * ```ts
 * import { peerList } from '@payment-node/core'
 *
 * export const channelSources = [peerList('peers.json')]
 * ```
 */
export function peerList(list: string | readonly PeerEntry[] | PeerListContent): PeerList {
  if (typeof list === 'string') return listInFile(list)
  const name = 'peerList([…])'
  const reading = { list: name, isOnCurve: createCurveCheck(), lineOf: () => null }
  const candidates = approved(name, readPeerList(list, reading))
  return {
    contractVersion: 1,
    kind: 'peers',
    name,
    file: null,
    candidates: async () => candidates,
  }
}

function listInFile(name: string): PeerList {
  const file = checkPath(name)
  const isOnCurve = createCurveCheck()
  let last: { stamp: string; reading: Promise<readonly PeerCandidate[]> } | undefined
  const read = async (bytes: Uint8Array): Promise<readonly PeerCandidate[]> =>
    approved(name, await readPeerText(decode(name, bytes), name, isOnCurve))
  return {
    contractVersion: 1,
    kind: 'peers',
    name,
    file,
    async candidates(signal) {
      signal?.throwIfAborted()
      const found = await fromDisk(name, () => stat(file, { bigint: true }))
      if (found.size > mostBytes) {
        throw unusable(name, 'too-large', `has ${found.size} bytes; at most ${mostBytes} are read`)
      }
      // Taken before reading: what is written while we read is read again next time.
      const stamp = [found.ino, found.size, found.mtimeNs, found.ctimeNs].join('/')
      if (last?.stamp !== stamp) {
        const bytes = await fromDisk(name, () => readFile(file, signal && { signal }))
        // Remembered also when it cannot be used: it does not get better by reading it again.
        last = { stamp, reading: read(bytes) }
      }
      return last.reading
    },
  }
}

function checkPath(path: string): string {
  if (path === '' || /^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
    throw new PaymentNodeError(
      'options.invalid',
      path === '' ? 'peerList: the path is empty.' : `peerList: ${path} is no path of a file.`,
      { field: 'peerList', reason: 'not-a-path' },
      { advice: 'payment-node peers makes such a file from a ranking on the web.' },
    )
  }
  return resolve(path)
}

function approved(list: string, read: ReadPeerList): readonly PeerCandidate[] {
  if (read.isApproved) return read.candidates
  throw unusable(list, 'not-approved', 'is false: nobody has approved this list yet', 'approved')
}

function decode(list: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw unusable(list, 'not-utf8', 'is not UTF-8 text', 'file', cause)
  }
}

async function fromDisk<R>(list: string, read: () => Promise<R>): Promise<R> {
  try {
    return await read()
  } catch (cause) {
    const { code, name, message } = cause as NodeJS.ErrnoException
    if (name === 'AbortError') throw cause
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR'
    const says = isMissing ? 'does not exist' : `cannot be read: ${message}`
    throw unusable(list, isMissing ? 'not-found' : 'unreadable', says, 'file', cause)
  }
}

function unusable(list: string, reason: string, says: string, field = 'file', cause?: unknown) {
  const details = { list, entry: null, line: null, field, reason }
  return refusePeerList(details, `${field}: ${says}`, cause)
}
