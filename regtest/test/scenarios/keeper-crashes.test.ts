import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import type { KeeperOrders, KeeperReport } from '../programs/keeper-process.ts'
import type { KillPoint } from '../programs/mortal.ts'
import { type Child, type Life, spawnProgram } from '../programs/spawn-program.ts'

const network = sharedNetwork()
afterAll(() => network.remove())
const alice = network.node('alice')
const bob = network.node('bob')
const keeper = await network.addNode({ alias: 'opener' })
await keeper.fund(4_000_000, 4)
const permissions = macaroonPermissions(['receive', 'pay', 'channels', 'onchain'])
const macaroon = await keeper.bakeMacaroon(
  permissions.map((permission) => permission.replace(/^uri:/, '')),
  88,
)

/** Milliseconds for a dozen lives on a busy machine. */
const longestTest = 600_000

async function newOrders(more: Partial<KeeperOrders> = {}): Promise<KeeperOrders> {
  const folder = await mkdtemp(join(tmpdir(), 'payment-node-keeper-'))
  return {
    file: join(folder, 'payments.db'),
    address: keeper.details.rpcAddress,
    certificatePath: keeper.details.certificatePath,
    macaroon,
    invoiceKey: randomBytes(32).toString('hex'),
    peers: [{ publicKey: alice.publicKey, address: alice.details.peerAddress }],
    minimumActive: 1,
    gracePeriod: '10m',
    ...more,
  }
}

function start(orders: KeeperOrders): Child<KeeperReport> {
  return spawnProgram<KeeperReport>('keeper-process.ts', orders)
}

/** Blocks come while a channel waits for them. */
async function mineWhile(running: Promise<unknown>): Promise<void> {
  let isOver = false
  void running.finally(() => {
    isOver = true
  })
  while (!isOver) {
    const pending = await pendingChannels().catch(() => 0)
    if (pending > 0) await network.mine(1).catch(() => undefined)
    await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 500))])
  }
}

async function pendingChannels(): Promise<number> {
  const { pending_open_channels: opening, waiting_close_channels: closing } = await keeper.rpc<{
    pending_open_channels: unknown[]
    waiting_close_channels: unknown[]
  }>('lnrpc.Lightning', 'PendingChannels')
  return opening.length + closing.length
}

/** Channels that LND has, with an intent's memo. */
async function opened(): Promise<string[]> {
  const channels = await keeper.listChannels()
  return channels.map(({ memo }) => memo).filter((memo) => memo.startsWith('payment-node/'))
}

async function closeAll(): Promise<void> {
  for (const { channel_point } of await keeper.listChannels()) {
    await keeper.closeChannel(channel_point)
  }
  await waitUntil('no channel', async () => {
    await network.mine(1)
    return (await keeper.listChannels()).length === 0 && (await pendingChannels()) === 0
  })
}

/** What must hold after any crash: one intent, one channel, its cost booked once. */
async function problems(orders: KeeperOrders, life: Life<KeeperReport>): Promise<string[]> {
  const { done } = life
  if (!done) return [`did not end: ${life.signal} ${life.output.slice(-800)}`]
  const found: string[] = []
  const check = (isRight: boolean, says: string): void => {
    if (!isRight) found.push(says)
  }
  const memos = await opened()
  const open = done.openings.filter(({ state }) => state === 'open')
  check(done.openings.length === 1, `openings: ${JSON.stringify(done.openings)}`)
  check(
    memos.join() === open.map(({ id }) => `payment-node/${id}`).join(),
    `LND has ${memos.join(', ') || 'nothing'}`,
  )
  check(done.sumMsat === '0', `ledger sums to ${done.sumMsat}`)
  check(done.usedMsat === done.feesMsat, `budget ${done.usedMsat}, fees ${done.feesMsat}`)
  await rm(join(orders.file, '..'), { recursive: true, force: true })
  return found
}

const points: KillPoint[] = [
  ...[1, 2, 3, 4].flatMap((time): KillPoint[] => [
    { call: 'commit', phase: 'before', time },
    { call: 'commit', phase: 'answered', time },
  ]),
  { call: 'connect', phase: 'before', time: 1 },
  { call: 'connect', phase: 'answered', time: 1 },
  { call: 'open', phase: 'before', time: 1 },
  { call: 'open', phase: 'answered', time: 1 },
]

test(
  'killed at each step of an open, the next life ends with one channel for one intent',
  async () => {
    const wrong: string[] = []
    for (const strikeAt of points) {
      const orders = await newOrders({ strikeAt })
      const first = start(orders)
      await mineWhile(first.ended)
      const { signal, output } = await first.ended
      const name = JSON.stringify(strikeAt)
      if (signal !== 'SIGKILL') wrong.push(`${name}: not struck, ${signal} ${output.slice(-300)}`)
      const second = start({ ...orders, strikeAt: undefined })
      await mineWhile(second.ended)
      for (const says of await problems(orders, await second.ended)) wrong.push(`${name}: ${says}`)
      await closeAll()
    }
    expect(wrong).toEqual([])
  },
  longestTest,
)

test(
  'LND killed at each step of an open: one channel for one intent',
  async () => {
    const wrong: string[] = []
    const lndPoints = points.filter(
      ({ call, phase, time }) => call !== 'commit' || (phase === 'answered' && time < 4),
    )
    for (const strikeAt of lndPoints) {
      const orders = await newOrders({ strikeAt, strike: 'ask' })
      const child = start(orders)
      void mineWhile(child.ended)
      const name = JSON.stringify(strikeAt)
      const isStruck = (): boolean => child.reports.some(({ kind }) => kind === 'struck')
      await Promise.race([waitUntil('the strike', isStruck), child.ended])
      if (isStruck()) {
        await keeper.kill()
        await keeper.start()
        child.process.send('go on')
      } else wrong.push(`${name}: not struck`)
      for (const says of await problems(orders, await child.ended)) wrong.push(`${name}: ${says}`)
      await closeAll()
    }
    expect(wrong).toEqual([])
  },
  longestTest,
)

test(
  'a peer that is down is not replaced within the grace time, and is after it',
  async () => {
    const away = await network.addNode({ alias: 'away' })
    const peers = [away, bob].map(({ publicKey, details }) => ({
      publicKey,
      address: details.peerAddress,
    }))
    const orders = await newOrders({ peers })
    const first = start(orders)
    await mineWhile(first.ended)
    expect((await first.ended).done?.openings).toMatchObject([{ state: 'open' }])
    const isTo = async ({ publicKey }: { publicKey: string }): Promise<boolean> =>
      (await keeper.listChannels()).some(
        ({ remote_pubkey, active }) => remote_pubkey === publicKey && active,
      )
    await away.stop()
    await waitUntil('the channel to be inactive', async () => !(await isTo(away)))

    const patient = start({ ...orders, isEndless: true })
    await waitUntil('a decision', () =>
      patient.reports.some(
        (report) => report.kind === 'decided' && report.reason === 'enough' && report.active === 0,
      ),
    )
    patient.process.kill('SIGKILL')
    await patient.ended
    expect(await isTo(bob)).toBe(false)

    const impatient = start({ ...orders, gracePeriod: '5s' })
    await mineWhile(impatient.ended)
    const { done, output } = await impatient.ended
    expect(done?.openings, output).toHaveLength(2)
    expect(await isTo(bob)).toBe(true)
  },
  longestTest,
)
