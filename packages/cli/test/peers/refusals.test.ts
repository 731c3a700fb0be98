import { existsSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { graphOf, openShop, type PeersShop } from './peers-shop.ts'
import { openServer } from './ranking-server.ts'
import { keyOf, sampleRanking } from './sample-ranking.ts'

/** What people see, as one line. */
async function seen(shop: PeersShop, ...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await shop.folder.run('peers', ...argv)
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  return stderr.replace(/\s+/g, ' ')
}

test('without a node that can be used nothing is asked and nothing is written', async () => {
  await using server = await openServer(JSON.stringify(sampleRanking()))
  const rows: [lines: string, options: string, code: string, says: RegExp][] = [
    ['shop.lock()', '', 'node.unavailable', /locked/],
    ['shop.stop()', '', 'node.unavailable', /does not answer/],
    ['shop.setSynced(false)', '', 'node.unavailable', /not synced to the chain.*Wait until/],
    [
      'const node = shop.connect()',
      `lightning: { ...node, graph: { findNode },
        getInfo: async () => ({ ...(await node.getInfo()), isSyncedToGraph: false }) },`,
      'node.unavailable',
      /not synced to the network's graph/,
    ],
    [
      'const node = shop.connect()',
      `lightning: { ...node, graph: { findNode },
        getInfo: async () => ({ ...(await node.getInfo()), isSyncedToChain: false }) },`,
      'node.unavailable',
      /not synced to the chain/,
    ],
    ['', 'lightning: { ...shop.connect(), graph: undefined },', 'node.unsupported', /graph/],
  ]
  for (const [lines, options, code, says] of rows) {
    using shop = openShop(lines, options)
    shop.writeGraph([])
    expect(await seen(shop, '--url', server.url)).toMatch(says)
    const { exitCode, report } = await shop.prepare('--url', server.url)
    expect({ says, exitCode, code: report.error.code }).toEqual({ says, exitCode: 1, code })
    expect(existsSync(shop.list)).toBe(false)
  }
  expect(server.asked).toEqual([])
})

test('a ranking that cannot be used leaves the list alone, and names the row', async () => {
  using shop = openShop()
  const [first, second] = sampleRanking(2)
  shop.writeGraph(graphOf([first!, second!]))
  const { firstSeen, ...incomplete } = second!
  expect(firstSeen).toBeGreaterThan(0)
  const path = shop.folder.write('ranking.json', JSON.stringify([first, incomplete]))
  expect(await seen(shop, '--file', 'ranking.json')).toContain(
    `${path}, row 2: firstSeen is missing. → Nothing was changed.`,
  )
  await using busy = await openServer((_, response) => {
    response.writeHead(429, { 'retry-after': '60' }).end()
  })
  expect(await seen(shop, '--url', busy.url)).toContain(
    'asked too often (429). It asks to wait 60 seconds. → Do not repeat it at once',
  )
  expect(await seen(shop, '--file', 'missing.json')).toContain('no such file')
  expect(await seen(shop)).toContain('There is no public ranking of the network regtest. → Give')
  expect(existsSync(shop.list)).toBe(false)
})

test('a list that cannot be used is never written over', async () => {
  using shop = openShop()
  const rows = sampleRanking(2)
  shop.writeGraph(graphOf(rows))
  shop.folder.write('ranking.json', JSON.stringify(rows))
  const broken = `[\n  { "publicKey": "${keyOf(3)}", "adress": "203.0.113.3:9735" }\n]\n`
  shop.folder.write('peers.json', broken)
  const says = await seen(shop, '--file', 'ranking.json', '--write', '--forget-edits')
  expect(says).toContain(`${shop.list}, line 2, entry 1: adress: there is no such field`)
  expect(says).toContain('did you mean address?')
  expect(shop.readList()).toBe(broken)
})

test('when no candidate can be used no list is written, and each says why', async () => {
  using shop = openShop()
  shop.writeGraph([])
  shop.folder.write('ranking.json', JSON.stringify(sampleRanking(3)))
  const { exitCode, stdout } = await shop.folder.run('peers', '--file', 'ranking.json')
  expect(exitCode).toBe(1)
  expect(stdout.match(/not in LND's graph/g)).toHaveLength(3)
  expect(stdout).toContain('None of them can be used')
  expect(existsSync(shop.list)).toBe(false)
})

test('books that are open elsewhere do not stop it; it says that the blacklist was not looked at', async () => {
  using shop = openShop(
    '',
    `storage: { ...sqlite({ file: 'payments.db' }), openToRead: async () => {
      throw Object.assign(new Error('the disk is gone'))
    } },`,
  )
  const rows = sampleRanking(2)
  shop.writeGraph(graphOf(rows))
  shop.folder.write('ranking.json', JSON.stringify(rows))
  const { report } = await shop.prepare('--file', 'ranking.json')
  expect(report.blacklist).toEqual({ wasRead: false, says: 'the disk is gone' })
  const { stdout } = await shop.folder.run('peers', '--file', 'ranking.json')
  expect(stdout).toContain('The blacklist was not looked at. the disk is gone')
})

test('what people see fits 80 columns, and names from outside cannot steer the terminal', async () => {
  using shop = openShop()
  const evil = `\u001b]0;title\u0007Evil\r\n\u202eName ${'x'.repeat(60)}`
  const rows = sampleRanking(12).map((row, index) => (index === 1 ? { ...row, alias: evil } : row))
  const graph = graphOf(rows).map((node, index) => ({
    ...node,
    ...(index === 2 && { addresses: [`${'ab2cd3ef'.repeat(7)}.onion:9735`] }),
    ...(index === 3 && { lastUpdateAt: 1 }),
    ...(index === 4 && { smallestChannel: 3_000_000 }),
  }))
  shop.writeGraph(graph)
  shop.folder.write('ranking.json', JSON.stringify(rows))
  const { exitCode, stdout } = await shop.folder.run('peers', '--file', 'ranking.json')
  expect(exitCode).toBe(0)
  for (const part of [
    /^ {3}1 {2}River Bend +1\.0 +2,905 +360\.1 +8\.\d y +1 h +good$/m,
    /^ {3}2 {2}Evil Name xxxxx… +2\.0 /m,
    /^ {2}10 {2}LNWharf\.example +.* Tor only$/m,
    /^ {2}11 {2}Nordic Relay +.* opens 3,000,000 sat$/m,
    /^ {6}Kraken Deep 🐙 +2,845 .* not seen for \d+ d$/m,
    /^11 peers written to .*peers\.json\.$/m,
    /^Nobody has approved it yet/m,
  ]) {
    expect(stdout).toMatch(part)
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for exactly those
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
  shop.writeGraph(graph.slice(0, 6))
  const again = await shop.folder.run('peers', '--file', 'ranking.json', '--limit', '4')
  const paths = /^\/\S*$|^\S*peers\.json\S* |payment-node-cli-/
  const isTooLong = (line: string) => [...line].length > 80 && !paths.test(line)
  expect([...stdout.split('\n'), ...again.stdout.split('\n')].filter(isTooLong)).toEqual([])
  for (const part of [
    /^What changes$/m,
    /^ {2}removed +Boreal Exchange +rank 4: not in LND's graph$/m,
  ]) {
    expect(again.stdout).toMatch(part)
  }
  expect(again.stdout.replace(/\s+/g, ' ')).toContain(
    'peers.json was left as it is. To write these changes: payment-node peers --write',
  )
  expect(readdirSync(shop.folder.path).filter((name) => name.endsWith('.new'))).toEqual([])
})

test('options that contradict each other or make no sense are refused', async () => {
  using shop = openShop()
  const rows: [argv: string, says: string][] = [
    ['--url http://a --file b', 'cannot be used with'],
    ['--limit 0', 'from 1 to 1000'],
    ['--limit 1001', 'from 1 to 1000'],
    ['--limit ten', 'from 1 to 1000'],
    ['--seen-within 0', 'from 1 to 365'],
    ['--seen-within 1.5', 'from 1 to 365'],
    ['--wrte', 'Did you mean --write?'],
  ]
  for (const [argv, says] of rows) {
    const { exitCode, stderr } = await shop.folder.run('peers', ...argv.split(' '))
    expect({ argv, exitCode }).toEqual({ argv, exitCode: 2 })
    expect(stderr).toContain(says)
  }
})
