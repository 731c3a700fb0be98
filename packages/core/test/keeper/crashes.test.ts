import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type KeeperStand, openStand, type StandProcess } from './keeper-stand.ts'

async function expectTwoOf(stand: KeeperStand, { node }: StandProcess, label: string) {
  const { run, clock } = stand
  await clock.advance(600_000)
  const active = (await run(node.channels.list())).filter(({ state }) => state === 'active')
  expect(active.map(({ peerAlias }) => peerAlias).sort(), label).toEqual(['peer-0', 'peer-1'])
  const intents = await stand.rowsOf('channel_intents')
  // Channels opened equal intents, each with its own coins and its own decision.
  expect(
    intents.map(({ state }) => state),
    label,
  ).toEqual(['open', 'open'])
  const opened = (await stand.rowsOf('decisions')).filter(({ intent }) => intent !== null)
  expect(opened.map(({ intent }) => intent).sort(), label).toEqual(
    intents.map(({ id }) => id).sort(),
  )
  const outpoints = intents.flatMap(({ outpoints: of }) => of as string[])
  expect(new Set(outpoints).size, label).toBe(outpoints.length)
  const told = await stand.types('keeper.')
  expect(told, label).toEqual(['keeper.below-minimum', 'keeper.restored'])
}

test('killed before and after each of its commits, it opens what is wanted, once', async () => {
  const commits = await (async () => {
    let count = 0
    const stand = openStand()
    const process = stand.open({}, { beforeCommit: () => void count++ })
    await stand.run(process.node.start())
    await expectTwoOf(stand, process, 'undisturbed')
    return count
  })()
  expect(commits).toBeGreaterThan(15)
  for (const when of ['beforeCommit', 'afterCommit'] as const) {
    for (let at = 0; at < commits; at++) {
      const stand = openStand()
      let count = 0
      const first = stand.open(
        {},
        {
          [when]: () => {
            if (count++ === at) first.kill()
          },
        },
      )
      void first.node.start().catch(() => undefined)
      await stand.clock.runUntil(() => count > at)
      await stand.clock.advance(1)
      const second = stand.open()
      await stand.run(second.node.start())
      await expectTwoOf(stand, second, `${when} ${at}`)
    }
  }
}, 120_000)

test('a leader that is replaced in its sleep decides nothing any more', async () => {
  const stand = openStand({ isExclusive: false })
  const { run, clock } = stand
  const first = stand.process
  await run(first.node.start())
  await clock.advance(1000)
  first.life.pause()
  const second = stand.open()
  await run(second.node.start())
  await clock.advance(30_000)
  first.life.resume()
  await expectTwoOf(stand, second, 'two processes')
  const ids = (await stand.rowsOf('decisions')).map(({ id }) => id)
  await run(first.node.stop())
  await clock.advance(60_000)
  expect((await stand.rowsOf('decisions')).map(({ id }) => id)).toEqual(ids)
})

test('what a leader decided before it was replaced in its sleep is not written', async () => {
  const stand = openStand({ isExclusive: false })
  const { run, clock } = stand
  stand.connect(0)
  stand.connect(1)
  const held = Promise.withResolvers<void>()
  let decision: unknown
  const first = stand.open(
    {},
    {
      beforeCommit({ writes }) {
        const write = writes.find(({ table }) => table.name === 'decisions')
        if (decision !== undefined || write?.op !== 'insert') return
        decision = write.row.id
        first.life.pause()
        return held.promise
      },
    },
  )
  await run(first.node.start())
  await clock.runUntil(() => decision !== undefined)
  const second = stand.open()
  await run(second.node.start())
  await clock.advance(60_000)
  const before = await stand.rowsOf('decisions')
  held.resolve()
  first.life.resume()
  await clock.advance(60_000)
  expect(await stand.rowsOf('decisions')).toEqual(before)
  expect(before.map(({ id, reason }) => [id === decision, reason])).toEqual([[false, 'enough']])
})

test('the role api answers and decides nothing', async () => {
  const stand = openStand({ options: { role: 'api' } })
  const { run, node, clock } = stand
  await run(node.start())
  await clock.advance(600_000)
  expect(await stand.rowsOf('channel_intents')).toEqual([])
  expect(await stand.rowsOf('decisions')).toEqual([])
  expect(await stand.types('keeper.')).toEqual([])
  expect(await run(node.keeper.status())).toMatchObject({ verdict: 'open', active: 0, wanted: 2 })
  expect(await run(node.keeper.depositAddress())).toMatch(/^bcrt1p/)
})

test('a reply that is lost on the way is not decided twice', async () => {
  const stand = openStand()
  let seen = 0
  let lost = 0
  const process = stand.open(
    {},
    {
      afterCommit: ({ writes }) => {
        const isOurs = writes.some(({ table }) => ['decisions', 'keepers'].includes(table.name))
        // Every second one: a repetition must come through.
        if (!isOurs || ++seen % 2 === 0) return
        lost++
        throw new PaymentNodeError('storage.unavailable', 'lost', { outcome: 'unknown' })
      },
    },
  )
  await stand.run(process.node.start())
  await expectTwoOf(stand, process, 'lost replies')
  expect(lost).toBeGreaterThan(2)
})
