import { expect, test } from 'vitest'
import { openStand } from './keeper-stand.ts'

test('paused: nothing new is opened, in every process and across restarts, until it is resumed', async () => {
  const stand = openStand({ isExclusive: false })
  const { run, node, clock } = stand
  const api = stand.open({ role: 'api' }).node
  await run(node.start())
  await run(api.start())
  expect(await run(api.keeper.pause('new router'))).toEqual({
    isPaused: true,
    reason: 'new router',
  })
  // The same again is no news; another reason is.
  await run(api.keeper.pause('new router'))
  await run(api.keeper.pause('still the router'))
  expect(await stand.told('keeper.paused')).toEqual([
    { reason: 'new router' },
    { reason: 'still the router' },
  ])
  await clock.advance(60_000)
  const before = (await stand.rowsOf('channel_intents')).length
  expect(before).toBeLessThanOrEqual(1)
  await run(node.stop())
  const again = stand.open()
  await run(again.node.start())
  await clock.advance(600_000)
  expect(await stand.rowsOf('channel_intents')).toHaveLength(before)
  expect(await run(again.node.keeper.status())).toMatchObject({
    isPaused: true,
    pausedReason: 'still the router',
    verdict: 'blocked',
    reason: 'paused',
  })
  expect((await stand.told('keeper.blocked')).map(({ reason }) => reason)).toEqual(['paused'])

  expect(await run(api.keeper.resume('router works'))).toEqual({ isPaused: false, reason: null })
  await expect(run(api.keeper.resume('again'))).rejects.toMatchObject({ code: 'keeper.not-paused' })
  expect(await stand.told('keeper.resumed')).toEqual([{ reason: 'router works' }])
  await clock.advance(300_000)
  expect((await stand.rowsOf('channels')).filter(({ state }) => state === 'active')).toHaveLength(2)
})

test('a pause in the last moment before the intent is stored keeps it from being stored', async () => {
  const stand = openStand({ isExclusive: false })
  const { run, clock } = stand
  let pause: (() => Promise<unknown>) | undefined
  const { node } = stand.open(
    {},
    {
      beforeCommit: ({ writes }) =>
        writes.some(({ table, op }) => op === 'insert' && table.name === 'channel_intents')
          ? pause?.()
          : undefined,
    },
  )
  await run(stand.node.start())
  await run(stand.node.stop())
  pause = () => {
    pause = undefined
    return other.keeper.pause('now')
  }
  const other = stand.open({ role: 'api' }).node
  await run(other.start())
  await run(node.start())
  await clock.runUntil(() => pause === undefined)
  await clock.advance(1000)
  // Decided anew, instead of tried again as it was.
  expect(stand.calls.get('unspent')).toBeLessThanOrEqual(4)
  await clock.advance(600_000)
  expect(await stand.rowsOf('channel_intents')).toEqual([])
  expect((await stand.rowsOf('decisions')).map(({ reason }) => reason)).toEqual(['paused'])
})

test('a resume does not undo a pause that its caller could not know of', async () => {
  const stand = openStand({ isExclusive: false, options: { role: 'api' } })
  const { run } = stand
  await run(stand.node.start())
  let meanwhile: (() => Promise<unknown>) | undefined
  const { node } = stand.open({}, { beforeCommit: () => meanwhile?.() })
  await run(node.start())
  await run(stand.node.keeper.pause('one'))
  meanwhile = () => {
    meanwhile = undefined
    return stand.node.keeper.pause('two')
  }
  await expect(run(node.keeper.resume('fine'))).rejects.toMatchObject({
    code: 'keeper.paused',
    details: { reason: 'two' },
  })
  expect((await run(node.keeper.status())).pausedReason).toBe('two')
})

test('halted: the keeper is blocked, says so once, and goes on after the resume', async () => {
  const stand = openStand()
  const { run, node, clock } = stand
  stand.network.setFeerate(100)
  await run(node.start())
  await clock.advance(20_000)
  await run(node.safety.halt('a drill'))
  stand.network.setFeerate(2)
  await clock.advance(600_000)
  expect(await stand.rowsOf('channel_intents')).toEqual([])
  expect((await stand.told('keeper.blocked')).map(({ reason }) => reason)).toEqual([
    'feerate-above-ceiling',
    'halted',
  ])
  await run(node.safety.resume('over'))
  await clock.advance(300_000)
  expect((await stand.rowsOf('channels')).filter(({ state }) => state === 'active')).toHaveLength(2)
})
