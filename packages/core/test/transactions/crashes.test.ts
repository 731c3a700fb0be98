import type { Change } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type Asked, expectPaidOnce } from './expect-paid-once.ts'
import { type OnchainStand, openOnchain, settle } from './onchain-stand.ts'

/** Calls to LND about a transaction, each at three moments. */
const calls: ReadonlySet<string> = new Set([
  'fundTransaction',
  'signTransaction',
  'publishTransaction',
  'releaseCoins',
  'listLeases',
])

interface Story {
  readonly stand: OnchainStand
  readonly asked: readonly Asked[]
  readonly points: readonly string[]
}

/** Two payouts in one transaction, to their end; the process is killed when a point is reached. */
async function live(killAt: number): Promise<Story> {
  const points: string[] = []
  let isArmed = false
  const reach = (point: string): void => {
    if (!isArmed) return
    points.push(point)
    if (points.length - 1 === killAt) {
      isArmed = false
      stand.current.kill()
    }
  }
  const nameOf = ({ writes }: Change): string => {
    const write = writes.find(({ table }) => table.name === 'transactions')
    if (!write) return writes.map(({ table }) => table.name).join(' ')
    return `transaction ${write.op === 'update' ? write.set.state : 'intended'}`
  }
  const stand = await openOnchain({
    hooks: {
      beforeCommit: (change) => reach(`before ${nameOf(change)}`),
      afterCommit: (change) => reach(`after ${nameOf(change)}`),
    },
  })
  stand.lnd.faults.add(({ call, moment }) => {
    if (calls.has(call)) reach(`${call} ${moment}`)
    return undefined
  })
  const first = stand.current
  await stand.run(first.node.start())
  const asked: Asked[] = []
  for (const [at, amountSat] of [300_000n, 70_000n].entries()) {
    const address = await stand.address()
    asked.push({
      id: await stand.queue(amountSat, { address, isQuick: at === 1 }),
      address,
      amountSat,
    })
  }
  isArmed = true
  for (let round = 0; round < 16; round++) {
    // Whoever dies last leaves time for the next one.
    if (round === 10) isArmed = false
    if (first.life.isOver && stand.current === first) await stand.run(stand.openNext().node.start())
    if (round < 2) await settle(stand)
    else await stand.mine()
  }
  return { stand, asked, points }
}

test('O6: killed at every step of an on-chain payout, it pays once, and the books say so', async () => {
  const { stand, asked, points } = await live(-1)
  await expectPaidOnce(stand, asked, 'undisturbed')
  for (const state of ['intended', 'funded', 'signed', 'published', 'confirmed', 'final'])
    for (const when of ['before', 'after']) expect(points).toContain(`${when} transaction ${state}`)
  for (const call of ['fundTransaction', 'signTransaction', 'publishTransaction'])
    for (const moment of ['before-effect', 'after-effect', 'before-reply'])
      expect(points).toContain(`${call} ${moment}`)
  for (let at = 0; at < points.length; at++) {
    const story = await live(at)
    await expectPaidOnce(story.stand, story.asked, `${at}: killed at ${points[at]}`)
    // What an earlier life has locked is given back: the same transaction goes on.
    const states = (await story.stand.transactions()).map(({ state }) => state)
    expect(states, `${at}: killed at ${points[at]}`).toEqual(['final'])
  }
}, 120_000)
