import { expect, test } from 'vitest'
import { openStand } from './channel-stand.ts'

test('what this library did not open is observed until adopted; told once per change', async () => {
  const stand = openStand()
  const { node, run, clock, points } = stand
  await run(node.start())
  await clock.advance(5000)
  const ownerships = async (): Promise<unknown[]> =>
    (await stand.rowsOf('channels')).map(({ ownership }) => ownership)
  expect(await ownerships()).toEqual(['observe', 'observe'])
  expect(await run(node.channels.adopt(points.ours, 'observe'))).toMatchObject({
    channelPoint: points.ours,
    ownership: 'observe',
  })
  expect(await stand.told(points.ours)).toEqual(['channel.active'])
  for (const ownership of ['ours', 'never', 'ours'] as const) {
    expect(await run(node.channels.adopt(points.ours, ownership))).toMatchObject({
      channelPoint: points.ours,
      state: 'active',
      ownership,
    })
    await run(node.channels.adopt(points.ours, ownership))
  }
  const adopted = (await stand.events()).filter(({ type }) => type === 'channel.adopted')
  expect(adopted.map(({ data }) => (data as { channel: object }).channel)).toMatchObject([
    { ownership: 'ours' },
    { ownership: 'never' },
    { ownership: 'ours' },
  ])
  // What LND shows later takes nothing back.
  stand.peers[0].stop()
  await clock.advance(5000)
  const row = (await stand.rowsOf('channels')).find(
    ({ channel_point }) => channel_point === points.ours,
  )
  expect(row).toMatchObject({ state: 'inactive', ownership: 'ours' })
})

test('adopting at the same moment: the last one stays, each is told', async () => {
  const stand = openStand()
  const { node, run, clock, points } = stand
  await run(node.start())
  await clock.advance(5000)
  await run(
    Promise.all([
      node.channels.adopt(points.ours, 'ours'),
      node.channels.adopt(points.ours, 'never'),
    ]),
  )
  const told = (await stand.events()).filter(({ type }) => type === 'channel.adopted')
  const last = told.at(-1)!.data as { channel: { ownership: string } }
  const row = (await stand.rowsOf('channels')).find(
    ({ channel_point }) => channel_point === points.ours,
  )
  expect(row!.ownership).toBe(last.channel.ownership)
  expect(told).toHaveLength(2)
})

test('an unknown channel and an unknown word are refused', async () => {
  const stand = openStand()
  const { node, run, clock, points } = stand
  await run(node.start())
  await clock.advance(5000)
  const rows: readonly [string, unknown, object, unknown?][] = [
    [`${'ab'.repeat(32)}:0`, 'ours', { code: 'channel.not-found' }],
    [points.ours, 'mine', { code: 'input.invalid', details: { field: 'ownership' } }],
    [points.ours, undefined, { code: 'input.invalid', details: { field: 'ownership' } }],
    [points.ours, 'ours', { code: 'input.invalid', details: { field: 'noCloseBefore' } }, -1],
    [points.ours, 'ours', { code: 'input.invalid', details: { field: 'noCloseBefore' } }, 'later'],
    ['nonsense', 'ours', { code: 'input.invalid', details: { field: 'channelPoint' } }],
  ]
  for (const [point, ownership, error, noCloseBefore] of rows) {
    const promised = noCloseBefore === undefined ? undefined : { noCloseBefore }
    const adopting = run(node.channels.adopt(point, ownership as never, promised as never))
    await expect(adopting, String(ownership)).rejects.toMatchObject(error)
  }
  expect(await stand.told()).not.toContain('channel.adopted')
})

test('a promise not to close it stays until it is taken back, and is told', async () => {
  const stand = openStand()
  const { node, run, clock, points } = stand
  await run(node.start())
  await clock.advance(5000)
  const promised = async (): Promise<unknown> =>
    (await stand.rowsOf('channels')).find(({ channel_point }) => channel_point === points.ours)
      ?.no_close_before
  const noCloseBefore = 1_900_000_000_000
  const adopted = await run(node.channels.adopt(points.ours, 'ours', { noCloseBefore }))
  expect(adopted).toMatchObject({ ownership: 'ours', noCloseBefore })
  expect(await promised()).toBe(noCloseBefore)
  // Who says nothing about it changes nothing; nor does what LND shows.
  await run(node.channels.adopt(points.ours, 'observe'))
  stand.peers[0].stop()
  await clock.advance(5000)
  expect(await promised()).toBe(noCloseBefore)
  await run(node.channels.adopt(points.ours, 'observe', { noCloseBefore: null }))
  expect(await promised()).toBeNull()
  const told = (await stand.events()).filter(({ type }) => type === 'channel.adopted')
  expect(told.map(({ data }) => (data as { channel: object }).channel)).toMatchObject([
    { ownership: 'ours', noCloseBefore },
    { ownership: 'observe', noCloseBefore },
    { ownership: 'observe', noCloseBefore: null },
  ])
})
