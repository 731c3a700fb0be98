import { createPaymentNode, type PeerCandidate, type PeerSource } from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import { openStand } from '../keeper/keeper-stand.ts'
import { invoiceKey } from '../shop.ts'

/** A source whose list a test changes. */
function changingSource(first: readonly PeerCandidate[]): PeerSource & {
  list: readonly PeerCandidate[] | Error
  asked: number
} {
  return {
    contractVersion: 1,
    kind: 'peers',
    name: 'changing',
    list: first,
    asked: 0,
    async candidates() {
      this.asked++
      if (this.list instanceof Error) throw this.list
      return this.list
    },
  }
}

const candidate = (publicKey: string, rank = 1): PeerCandidate => ({
  publicKey,
  address: 'peer.example:9735',
  rank,
})

function recorder() {
  const errors: string[] = []
  const nothing = (): void => undefined
  const error = (says: string, fields?: object): void => {
    errors.push(`${says} ${JSON.stringify(fields)}`)
  }
  return { errors, logger: { debug: nothing, info: nothing, warn: nothing, error } }
}

test('an invalid list refuses to start, and names the entry; the node can be started after the correction', async () => {
  const stand = openStand()
  const { run, lnd, peers } = stand
  const good = candidate(peers[0]!.publicKey)
  const rows: [string, unknown, number | null, string, string][] = [
    ['no array', { length: 1 }, null, 'list', 'unreadable'],
    ['unreadable', new Error('EACCES'), null, 'list', 'unreadable'],
    ['no object', [good, 7], 2, 'entry', 'wrong-type'],
    ['key', [{ ...good, publicKey: '02ab' }], 1, 'publicKey', 'malformed'],
    ['upper-case key', [{ ...good, publicKey: 'AB' }], 1, 'publicKey', 'malformed'],
    ['twice', [good, { ...good, rank: 2 }], 2, 'publicKey', 'duplicate'],
    ['address', [{ ...good, address: 'peer.example' }], 1, 'address', 'no-port'],
    ['rank', [{ ...good, rank: 1.5 }], 1, 'rank', 'wrong-type'],
    ['negative', [{ ...good, rank: -1 }], 1, 'rank', 'negative'],
    ['alias', [{ ...good, alias: 'a\nb' }], 1, 'alias', 'malformed'],
    ['sat as a number', [{ ...good, capacitySat: 100_000 }], 1, 'capacity', 'wrong-type'],
    ['too small', [{ ...good, capacitySat: 19_999n }], 1, 'capacity', 'out-of-range'],
    ['too large', [{ ...good, capacitySat: 16_777_216n }], 1, 'capacity', 'out-of-range'],
    ['own key', [good, candidate(lnd.publicKey, 2)], 2, 'publicKey', 'own-key'],
  ]
  for (const [is, list, entry, field, reason] of rows) {
    const source = changingSource([])
    source.list = list as never
    const { node } = stand.open({ channelSources: [source] })
    await expect(run(node.start()), is).rejects.toMatchObject({
      code: 'peer-list.invalid',
      details: { list: 'changing', entry, field, reason },
    })
    source.list = [good]
    await run(node.start())
    await run(node.stop())
  }
})

test('our own key is found at the very first start, too', async () => {
  const { run, lnd, clock } = openStand()
  const node = createPaymentNode({
    lightning: lnd.connect(),
    storage: memory(),
    keys: { invoices: invoiceKey },
    clock,
    channelSources: [changingSource([candidate(lnd.publicKey)])],
  })
  await expect(run(node.start())).rejects.toMatchObject({
    code: 'peer-list.invalid',
    details: { reason: 'own-key' },
  })
  expect((await node.status()).state).toBe('stopped')
})

test('a list that changes is used within a minute; one that becomes invalid is told once and changes nothing', async () => {
  const stand = openStand()
  const { run, clock, peers } = stand
  const [a, b, c] = peers.map(({ publicKey }, at) => candidate(publicKey, at + 1))
  const source = changingSource([a!])
  const { errors, logger } = recorder()
  const { node } = stand.open({
    channelSources: [source],
    logger,
    channels: { mode: 'recommend', minimumActive: 1, settlePeriod: 0 },
  })
  await run(node.start())
  await clock.advance(10_000)
  const next = async () => (await run(node.keeper.status())).next
  expect(await next()).toBe(a!.publicKey)
  source.list = [c!, { ...b!, rank: 0 }]
  await clock.advance(70_000)
  expect(await next()).toBe(b!.publicKey)
  expect((await run(node.keeper.status())).list).toMatchObject({
    size: 2,
    peers: [{ publicKey: b!.publicKey }, { publicKey: c!.publicKey }],
  })

  const before = await stand.types('')
  source.list = [b!, b!]
  await clock.advance(300_000)
  expect(await next()).toBe(b!.publicKey)
  expect(errors).toHaveLength(1)
  expect(errors[0]).toContain('entry 2: publicKey: is in the list already')
  expect(await stand.types('')).toEqual(before)
  source.list = new Error('EIO')
  await clock.advance(300_000)
  expect(errors).toHaveLength(2)

  source.list = []
  await clock.advance(70_000)
  expect(await run(node.keeper.status())).toMatchObject({
    verdict: 'blocked',
    reason: 'list-empty',
    list: { size: 0 },
  })
  expect(source.asked).toBeLessThan(20)
})

test('without any source the keeper does nothing, and its status says why', async () => {
  const stand = openStand({ options: { channelSources: [] } })
  const { run, node, clock } = stand
  await run(node.start())
  await clock.advance(60_000)
  expect(await run(node.keeper.status())).toMatchObject({
    verdict: 'blocked',
    reason: 'no-list',
    list: { size: 0, peers: [] },
  })
  expect(await stand.types('keeper.')).toEqual([])
  expect(await stand.rowsOf('decisions')).toEqual([])
})

test('two lists: by rank, a peer of both counts as in the first', async () => {
  const stand = openStand({ options: { role: 'api' } })
  const { run, peers } = stand
  const [a, b, c] = peers.map(({ publicKey }) => publicKey)
  const { node } = stand.open({
    channelSources: [
      changingSource([candidate(a!, 5), candidate(b!, 1)]),
      changingSource([
        candidate(c!, 3),
        { ...candidate(a!, 2), alias: 'second' },
        candidate(b!, 9),
      ]),
    ],
  })
  await run(node.start())
  const { list } = await run(node.keeper.status())
  expect(list.peers.map(({ publicKey, rank, alias }) => [publicKey, rank, alias])).toEqual([
    [b, 1, null],
    [c, 3, null],
    [a, 5, null],
  ])
})
