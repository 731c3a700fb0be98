import { expect, test } from 'vitest'
import { openStand } from '../keeper/keeper-stand.ts'

test('a blocked peer is passed over until it is allowed', async () => {
  const stand = openStand({ channels: { minimumActive: 1 } })
  const { run, node, clock, peers } = stand
  stand.network.setFeerate(99)
  await run(node.start())
  const key = peers[0]!.publicKey
  const mark = await run(node.peers.block(key.toUpperCase(), 'does not answer mails'))
  expect(mark).toEqual({
    publicKey: key,
    state: 'blacklisted',
    reason: 'operator',
    says: 'does not answer mails',
    until: null,
    isWaived: false,
    failures: 0,
    evidence: null,
    since: clock.now(),
  })
  // The first reason stays.
  expect(await run(node.peers.block(key, 'again'))).toEqual(mark)
  expect(await stand.told('peer.blacklisted')).toEqual([{ peer: JSON.parse(JSON.stringify(mark)) }])
  stand.network.setFeerate(1)
  await clock.advance(200_000)
  expect((await stand.rowsOf('channel_intents')).map(({ peer }) => peer)).toEqual([
    peers[1]!.publicKey,
  ])
  const [opened] = (await run(node.keeper.decisions())).items.filter(({ opening }) => opening)
  expect(opened!.details).toMatchObject({
    passedOver: [{ peer: key, reason: 'blacklisted' }],
    passedOverCount: 1,
  })

  expect(await run(node.peers.allow(key, 'they wrote back'))).toEqual(mark)
  expect(await stand.told('peer.allowed')).toMatchObject([
    { peer: { publicKey: key, state: 'blacklisted' }, reason: 'they wrote back' },
  ])
  expect((await run(node.peers.list())).items).toEqual([])
})

test('the marked peers, page by page and by state', async () => {
  const stand = openStand({ peers: 5, options: { role: 'api' } })
  const { run, node, peers } = stand
  await run(node.start())
  for (const { publicKey } of peers) await run(node.peers.block(publicKey, 'x'))
  const keys = peers.map(({ publicKey }) => publicKey).sort()
  const first = await run(node.peers.list({ limit: 2 }))
  expect(first.items.map(({ publicKey }) => publicKey)).toEqual(keys.slice(0, 2))
  const rest = await run(node.peers.list({ state: 'blacklisted', cursor: first.cursor! }))
  expect(rest.items.map(({ publicKey }) => publicKey)).toEqual(keys.slice(2))
  expect(rest.cursor).toBeUndefined()
  expect((await run(node.peers.list({ state: 'cooling-down' }))).items).toEqual([])
})

test('blocking and allowing at the same time end in one of both, told as it was', async () => {
  const stand = openStand({ options: { role: 'api' } })
  const { run, node, peers } = stand
  await run(node.start())
  const key = peers[0]!.publicKey
  await run(node.peers.block(key, 'one'))
  await run(
    Promise.allSettled([
      node.peers.allow(key, 'two'),
      node.peers.block(key, 'three'),
      node.peers.allow(key, 'four'),
    ]),
  )
  const { items } = await run(node.peers.list())
  const told = await stand.types('peer.')
  expect(told.filter((type) => type === 'peer.blacklisted').length).toBe(
    told.filter((type) => type === 'peer.allowed').length + items.length,
  )
})
