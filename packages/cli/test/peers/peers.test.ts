import { parsePeerList, peerList } from '@payment-node/core'
import { expect, test } from 'vitest'
import { withHost } from '../shop-folder.ts'
import { graphOf, openShop, type PeersShop } from './peers-shop.ts'
import { openServer, rankingPath } from './ranking-server.ts'
import { keyOf, type SampleRow, sampleRanking } from './sample-ranking.ts'

const day = 86_400_000

/** The aliases of a report's list, in their order. */
// biome-ignore lint/suspicious/noExplicitAny: parsed JSON
const aliasesOf = (report: any): string[] => report.list.peers.map((peer: any) => peer.alias)

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON
const changesOf = (report: any): string[] =>
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON
  report.list.changes.map(({ kind, alias, before, after, says }: any) =>
    [kind, alias, before, after, says].filter((part) => part !== null).join(' | '),
  )

/** Saves the ranking in the folder of the shop: `--file ranking.json`. */
function saveRanking(shop: PeersShop, rows: readonly SampleRow[]): void {
  shop.folder.write('ranking.json', JSON.stringify(rows))
}

const saved = ['--file', 'ranking.json']

test('the first run writes the list, which is used once a person has approved it', async () => {
  using shop = openShop()
  const rows = sampleRanking(5)
  shop.writeGraph(graphOf(rows))
  await using server = await openServer(JSON.stringify(rows))
  const { exitCode, report } = await shop.prepare('--url', server.url, '--limit', '3')
  expect({ exitCode, asked: server.asked }).toEqual({ exitCode: 0, asked: [`GET ${rankingPath}`] })
  expect(report).toMatchObject({
    command: 'peers',
    configuration: shop.configuration,
    ranking: { from: `${server.url}${rankingPath}`, rows: 5 },
    node: { alias: 'shop', network: 'regtest' },
    blacklist: { wasRead: true, says: null },
    list: { file: shop.list, result: 'created', isApproved: false, isConfigured: true },
  })
  expect(report.candidates).toHaveLength(5)
  expect(report.candidates[0]).toMatchObject({
    alias: 'River Bend',
    verdict: 'good',
    score: 1,
    capacity: '36010516297 sat',
    channels: 2905,
  })
  expect(aliasesOf(report)).toEqual(['River Bend', 'Old Oak Routing', 'LNWharf.example'])
  expect(changesOf(report)[0]).toBe('added | River Bend | rank 1')

  const source = peerList(shop.list)
  await expect(source.candidates()).rejects.toMatchObject({ details: { reason: 'not-approved' } })
  shop.folder.write('peers.json', shop.readList().replace('"approved": false', '"approved": true'))
  expect(await source.candidates()).toEqual(
    rows.slice(0, 3).map(({ publicKey, alias }, index) => ({
      publicKey,
      address: `198.51.100.${index + 1}:9735`,
      alias,
      rank: index + 1,
      place: { entry: index + 1, line: index + 4 },
    })),
  )
})

test('running it again changes nothing, or shows what has changed and writes it when asked', async () => {
  using shop = openShop()
  const rows = sampleRanking(6)
  const graph = graphOf(rows)
  shop.writeGraph(graph)
  saveRanking(shop, rows)
  await shop.prepare(...saved, '--limit', '5')
  const approved = shop.readList().replace('"approved": false', '"approved": true')
  shop.folder.write('peers.json', approved)
  const same = await shop.prepare(...saved, '--limit', '5', '--write')
  expect(same.report.list).toMatchObject({ result: 'unchanged', changes: [] })
  expect(shop.readList()).toBe(approved)

  // One is no longer seen, one has moved, one has renamed itself and opens large channels only.
  shop.writeGraph(
    graph.map((node, index) => {
      if (index === 1) return { ...node, lastUpdateAt: Date.now() - 20 * day }
      if (index === 2) return { ...node, addresses: ['203.0.113.77:9735'] }
      if (index === 0) return { ...node, alias: 'River Bent', smallestChannel: 3_000_000 }
      return node
    }),
  )
  const shown = await shop.prepare(...saved, '--limit', '5')
  expect(shown.report.list).toMatchObject({ result: 'kept', isApproved: true })
  expect(changesOf(shown.report)).toEqual([
    'address | LNWharf.example | 198.51.100.3:9735 | 203.0.113.77:9735',
    'rank | LNWharf.example | 3 | 1',
    'rank | Kraken Deep 🐙 | 4 | 2',
    'rank | Nordic Relay | 5 | 3',
    'added | harbour-7 | rank 4',
    'alias | River Bent | River Bend | River Bent',
    'capacity | River Bent | 3,000,000 sat',
    'rank | River Bent | 1 | 5',
    'removed | Old Oak Routing | rank 2 | not seen for 20 d',
  ])
  expect(shop.readList()).toBe(approved)
  const written = await shop.prepare(...saved, '--limit', '5', '--write')
  expect(written.report.list).toMatchObject({ result: 'written', isApproved: true })
  expect(written.report.list.changes).toEqual(shown.report.list.changes)
  const { candidates, isApproved } = await parsePeerList(shop.readList(), 'peers.json')
  expect(isApproved).toBe(true)
  expect(candidates.map(({ alias }) => alias)).toEqual(aliasesOf(shown.report))
  expect(candidates.at(-1)?.capacitySat).toBe(3_000_000n)
})

test('what a person has added, edited, struck out or moved stays as it is, until it is taken back', async () => {
  using shop = openShop()
  const rows = sampleRanking(6)
  shop.writeGraph(graphOf(rows))
  saveRanking(shop, rows)
  await shop.prepare(...saved, '--limit', '4')
  // The first gets another address, the second is struck out, a stranger comes in, two change places.
  const written = JSON.parse(shop.readList())
  const [first, , third, fourth] = written.peers
  const edited = { ...first, address: 'river.example:9735' }
  const stranger = { publicKey: keyOf(7), address: '203.0.113.7:9735' }
  const peers = [edited, stranger, fourth, third]
  shop.folder.write('peers.json', JSON.stringify({ ...written, approved: true, peers }, null, 2))

  // Everybody has moved.
  shop.writeGraph(
    graphOf(rows).map((node, index) => ({ ...node, addresses: [`203.0.113.${index + 100}:9735`] })),
  )
  const { report } = await shop.prepare(...saved, '--limit', '4', '--write')
  expect(report.list.result).toBe('written')
  expect(report.list.byHand).toEqual([rows[0]!.publicKey, keyOf(7)])
  expect(report.list.struckOut).toEqual([rows[1]!.publicKey])
  expect(
    report.list.peers.map(({ publicKey, address }: Record<string, string>) => [publicKey, address]),
  ).toEqual([
    [rows[0]!.publicKey, 'river.example:9735'],
    [keyOf(7), '203.0.113.7:9735'],
    [rows[3]!.publicKey, '203.0.113.103:9735'],
    [rows[2]!.publicKey, '203.0.113.102:9735'],
  ])
  // It remembers: nothing to do, and a new one comes last, whatever its score.
  expect((await shop.prepare(...saved, '--limit', '4')).report.list.result).toBe('unchanged')
  const more = await shop.prepare(...saved, '--limit', '5', '--write')
  expect(changesOf(more.report)).toEqual(['added | Nordic Relay | rank 5'])
  expect(more.report.list.struckOut).toEqual([rows[1]!.publicKey])
  const shown = await shop.folder.run('peers', ...saved, '--limit', '5')
  expect(shown.stdout).toContain('Added or edited by hand, and left as they are: River Bend')
  expect(shown.stdout).toContain('Struck out by hand, and not added again: Old Oak Routing.')

  const forgotten = await shop.prepare(...saved, '--limit', '4', '--write', '--forget-edits')
  expect(forgotten.report.list).toMatchObject({ result: 'written', byHand: [], struckOut: [] })
  expect(aliasesOf(forgotten.report)).toEqual(rows.slice(0, 4).map(({ alias }) => alias))
})

test('a list that a person wrote is added to, never rewritten', async () => {
  using shop = openShop()
  const rows = sampleRanking(4)
  shop.writeGraph(graphOf(rows))
  saveRanking(shop, rows)
  const own = [
    { publicKey: keyOf(8).toUpperCase(), address: '[2001:db8::8]:9735', rank: 3 },
    { publicKey: rows[1]!.publicKey, address: 'oak.example:9735', capacity: '5000000 sat' },
  ]
  shop.folder.write('peers.json', JSON.stringify(own, null, 2))
  const { report } = await shop.prepare(...saved, '--limit', '4', '--write')
  expect(changesOf(report)).toEqual([
    'rank | Old Oak Routing | 2 | 1',
    'added | River Bend | rank 2',
    'added | LNWharf.example | rank 4',
  ])
  const { candidates } = await parsePeerList(shop.readList(), 'peers.json')
  expect(candidates.map(({ publicKey, address }) => [publicKey, address])).toEqual([
    [rows[1]!.publicKey, 'oak.example:9735'],
    [rows[0]!.publicKey, '198.51.100.1:9735'],
    [keyOf(8), '[2001:db8::8]:9735'],
    [rows[2]!.publicKey, '198.51.100.3:9735'],
  ])
  expect(shop.readList()).toContain(`"${keyOf(8).toUpperCase()}"`)
})

test('blacklisted nodes, our own, and those that we closed are left out; a failed one comes last', async () => {
  using shop = openShop()
  const rows = sampleRanking(4)
  shop.writeGraph(graphOf(rows))
  shop.folder.write('peers.json', JSON.stringify([{ publicKey: keyOf(9), address: '[::1]:1' }]))
  let ownKey = ''
  await withHost(shop.configuration, async (node) => {
    await node.peers.block(rows[1]!.publicKey, 'closed on us in 2025')
    ownKey = (await node.status()).node!.publicKey
  })
  saveRanking(shop, [...rows, { ...rows[0]!, publicKey: ownKey, alias: 'shop' }])
  shop.writeGraph([
    ...graphOf(rows),
    { ...graphOf(rows)[0]!, publicKey: ownKey, alias: 'shop', addresses: ['198.51.100.9:9735'] },
  ])
  const { report } = await shop.prepare(...saved, '--output', 'other.json')
  expect(report.blacklist).toEqual({ wasRead: true, says: null })
  expect(report.list.isConfigured).toBe(false)
  expect(aliasesOf(report)).toEqual(['River Bend', 'LNWharf.example', 'Kraken Deep 🐙'])
  const reasons = report.candidates
    .filter(({ verdict }: { verdict: string }) => verdict === 'left-out')
    .map(({ alias, reasons: [reason] }: { alias: string; reasons: { reason: string }[] }) => [
      alias,
      reason!.reason,
    ])
  expect(reasons).toEqual([
    ['Old Oak Routing', 'blacklisted'],
    ['shop', 'own-key'],
  ])
})

test('a peer that we have a channel with is not cut by the limit', async () => {
  using shop = openShop()
  const rows = sampleRanking(3)
  const { default: configure } = await import(shop.configuration)
  const [{ peer }] = await configure().lightning.listChannels()
  const ours = { ...rows[2]!, publicKey: peer, alias: 'payer' }
  shop.writeGraph(graphOf([rows[0]!, rows[1]!, ours]))
  saveRanking(shop, [rows[0]!, rows[1]!, ours])
  await shop.prepare(...saved)
  const { report } = await shop.prepare(...saved, '--limit', '2', '--write')
  expect(aliasesOf(report)).toEqual(['River Bend', 'payer'])
  expect(report.candidates.at(-1)).toMatchObject({ alias: 'payer', channel: 'active' })
  // It is cut when something speaks against it; then that is said.
  shop.writeGraph(graphOf([rows[0]!, rows[1]!]))
  const gone = await shop.prepare(...saved, '--limit', '2')
  expect(changesOf(gone.report)).toContain(
    "removed | payer | rank 2 | not in LND's graph; its channel (active) no longer counts",
  )
})
