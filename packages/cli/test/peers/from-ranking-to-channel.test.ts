import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { SimulatedNetwork, SimulatedNode } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { openFolder, simulatedShop, withHost } from '../shop-folder.ts'

const configuration = `import { peerList } from '@payment-node/core'
${simulatedShop({
  lines: `
export const routers = ['River Bend', 'Old Oak', 'Silent Mill', 'Cellar'].map((alias, index) =>
  network.addNode(alias, {
    announcement: {
      ...(alias === 'Cellar' && { addresses: ['${'ab2cd3ef'.repeat(7)}.onion:9735'] }),
      channels: 900 - 100 * index,
      capacitySat: BigInt(900 - 100 * index) * 10_000_000n,
      smallestChannelSat: 20_000n,
      lastUpdateAt: Date.now() - (alias === 'Silent Mill' ? 30 : 1) * 86_400_000,
    },
  }),
)
shop.fund(10_000_000n)
`,
  options: `
  channelSources: [peerList('peers.json')],
  channels: { mode: 'act', minimumActive: 1, settlePeriod: '0s' },`,
})}`

test('a ranking becomes a list, a person approves it, and the keeper opens to its first peer', async () => {
  using folder = openFolder()
  const path = folder.write('payment-node.config.ts', configuration)
  const { routers, network }: { routers: SimulatedNode[]; network: SimulatedNetwork } =
    await import(pathToFileURL(path).href)
  const rows = routers.map(({ publicKey, alias }, index) => ({
    publicKey,
    alias,
    channels: 905 - 100 * index,
    capacity: 9_000_000_000,
    firstSeen: 1_600_000_000 + index,
    updatedAt: 1_763_000_000,
  }))
  folder.write('ranking.json', JSON.stringify(rows))
  const { exitCode, stdout } = await folder.run('peers', '--file', 'ranking.json', '--json')
  expect(exitCode).toBe(0)
  const { candidates } = JSON.parse(stdout)
  expect(candidates.map(({ alias, verdict }: Record<string, string>) => [alias, verdict])).toEqual([
    ['River Bend', 'good'],
    ['Old Oak', 'good'],
    ['Cellar', 'doubtful'],
    ['Silent Mill', 'left-out'],
  ])
  const list = `${folder.path}/peers.json`
  folder.write(
    'peers.json',
    readFileSync(list, 'utf8').replace('"approved": false', '"approved": true'),
  )
  await withHost(path, async (node) => {
    await expect.poll(() => network.waitingTransactions.length, { timeout: 15_000 }).toBe(1)
    network.mine(6)
    await expect
      .poll(async () => (await node.channels.openings()).items[0]?.state, { timeout: 15_000 })
      .toBe('open')
    // An opening is over when LND lists the channel; that it is active is seen at the next look.
    await expect
      .poll(async () => (await node.channels.list())[0]?.state, { timeout: 15_000 })
      .toBe('active')
    await expect
      .poll(async () => (await node.keeper.status()).list?.peers[0]?.channel, { timeout: 15_000 })
      .toBe('active')
    const kept = JSON.parse((await folder.run('keeper', '--json')).stdout)
    expect(kept.keeper.list.peers[0]).toMatchObject({ alias: 'River Bend', channel: 'active' })
    expect((await folder.run('keeper')).stdout).toMatch(/1 of 1 channels to listed peers active$/m)
  })
}, 40_000)
