import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { NodeInfo, PaymentNodeOptions } from '@payment-node/core'
import type { Candidate } from './candidate.ts'
import { fetchRanking, rankingUrl } from './fetch-ranking.ts'
import { gatherFacts } from './gather-facts.ts'
import { judgeCandidate } from './judge-candidate.ts'
import { readListFile } from './list-file.ts'
import { mergeList } from './merge-list.ts'
import { readMarks } from './read-marks.ts'
import { type RankedNode, readRanking } from './read-ranking.ts'
import { readOpenSettings } from './read-settings.ts'
import { refuseRanking } from './refuse-ranking.ts'
import { requireGraph } from './require-graph.ts'
import { scoreCandidates } from './score-candidates.ts'
import { type ListReport, settleList } from './settle-list.ts'

/** What was asked for. Paths are absolute. */
export interface PeersRequest {
  readonly url: string | undefined
  /** A saved answer instead of a server. */
  readonly file: string | undefined
  /** Absent: the list of the configuration, else `peers.json` beside it. */
  readonly output: string | undefined
  readonly limit: number
  readonly seenWithinDays: number
  /** Writes a list that exists already. */
  readonly write: boolean
  readonly forgetEdits: boolean
}

/** What `--json` prints. Amounts are text like `"25000 sat"`, times milliseconds since 1970. */
export interface PeersReport {
  readonly command: 'peers'
  /** Path of the configuration file. */
  readonly configuration: string
  readonly ranking: { readonly from: string; readonly rows: number }
  readonly node: Pick<NodeInfo, 'publicKey' | 'alias' | 'network' | 'isSyncedToGraph'>
  /** Whether the blacklist of the books was looked at. */
  readonly blacklist: { readonly wasRead: boolean; readonly says: string | null }
  /** Best first; those that are left out come last. */
  readonly candidates: readonly Candidate[]
  readonly list: ListReport
}

/** Imports the ranking, checks every node of it, and prepares the list. Opens nothing. */
export async function preparePeers(
  configuration: string,
  options: PaymentNodeOptions,
  request: PeersRequest,
): Promise<PeersReport> {
  const { publicKey, alias, network, isSyncedToGraph } = await requireGraph(options.lightning)
  const configured = listFileOf(options)
  const file = request.output ?? configured ?? resolve(dirname(configuration), 'peers.json')
  const before = await readListFile(file)
  const { from, ranking } = await readNodes(request, network)
  const { marks, wereRead, says } = await readMarks(options)
  const listed = new Map((before?.candidates ?? []).map((peer) => [peer.publicKey, peer]))
  const now = Date.now()
  const measure = {
    ...readOpenSettings(options),
    ownKey: publicKey,
    network,
    now,
    seenWithin: request.seenWithinDays * 86_400_000,
  }
  const facts = await gatherFacts(options.lightning, ranking, listed, marks)
  const candidates = scoreCandidates(facts.map((one) => judgeCandidate(one, measure)))
  const merged = mergeList(before, candidates, request)
  const prepared = { at: new Date(now).toISOString(), from, node: publicKey }
  const list = await settleList({ file, before, merged, prepared, candidates, request })
  return {
    command: 'peers',
    configuration,
    ranking: { from, rows: ranking.length },
    node: { publicKey, alias, network, isSyncedToGraph },
    blacklist: { wasRead: wereRead, says },
    candidates,
    list: { ...list, isConfigured: configured === file },
  }
}

async function readNodes(
  { url, file }: PeersRequest,
  network: NodeInfo['network'],
): Promise<{ from: string; ranking: readonly RankedNode[] }> {
  const from = file ?? rankingUrl(url, network)
  const text = file === undefined ? await fetchRanking(from) : await readSaved(file)
  return { from, ranking: readRanking(text, from) }
}

async function readSaved(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const fault = { ranking: file, row: null, field: 'file', reason: 'unreadable' }
    const says = `cannot be read: ${(cause as Error).message}.`
    throw refuseRanking(fault, says, 'Check --file.', cause)
  }
}

/** The first source that is a file. */
function listFileOf({ channelSources = [] }: PaymentNodeOptions): string | undefined {
  for (const source of channelSources) {
    const { file } = source as { file?: unknown }
    if (typeof file === 'string') return file
  }
  return undefined
}
