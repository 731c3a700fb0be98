import type { PaymentNodeOptions, PeerCandidate } from '@payment-node/core'
import type { World } from '@payment-node/testkit'
import { eventually, must, type Operation, rows } from './operation.ts'

const capacitySat = 1_000_000n

/** A list whose peers are known only when the world is made. */
function lateList(): { peers: PeerCandidate[]; options: Partial<PaymentNodeOptions> } {
  const list = {
    peers: [] as PeerCandidate[],
    options: {} as Partial<PaymentNodeOptions>,
  }
  list.options = {
    channelSources: [
      {
        contractVersion: 1,
        kind: 'peers',
        name: 'late',
        candidates: async () => list.peers,
      },
    ],
    channels: {
      mode: 'act',
      minimumActive: 1,
      capacity: `${capacitySat} sat`,
      settlePeriod: 0,
    },
  }
  return list
}

/** Blocks come every ten seconds. */
async function mineUntil(world: World, condition: () => boolean): Promise<void> {
  while (!condition() && !world.violation) {
    await world.clock.sleep(10_000)
    world.network.mine(1)
  }
}

/** LND's channels and intents agree, and what they cost is booked. */
function oneChannel(world: World): string | undefined {
  const intents = rows(world, 'channel_intents')
  const open = intents.filter(({ state }) => state === 'open')
  if (intents.length !== 1 || open.length !== 1) {
    return `intents: ${intents.map(({ state }) => state).join(', ')}`
  }
  if (rows(world, 'opening_slots').length + rows(world, 'claimed_outpoints').length > 0) {
    return 'the opening still holds its place or its coins'
  }
  const [{ amount_msat: used } = {}] = rows(world, 'spending')
  if (used !== open[0]!.fee_msat) return `budget ${used}, fee ${open[0]!.fee_msat}`
  const kept = rows(world, 'channels', { intent: open[0]!.id })
  return kept.length === 1 ? undefined : `${kept.length} channels of the intent`
}

function isOpen(world: World): boolean {
  return (
    rows(world, 'channel_intents', { state: 'open' }).length === 1 &&
    rows(world, 'opening_slots').length === 0 &&
    rows(world, 'channels', { state: 'active' }).some(({ intent }) => intent !== null)
  )
}

function openings(): readonly Operation[] {
  const list = lateList()
  const asked = { options: { channels: { capacity: '1000000 sat', settlePeriod: 0 } } } as const
  return [
    {
      name: 'keeper opens a channel',
      says: 'A channel is missing: it is decided, intended, opened, confirmed, booked.',
      node: list.options,
      furnish(world) {
        world.shop.fund(3_000_000n)
        list.peers = []
      },
      async run(world) {
        const { publicKey, address } = world.peers.island
        list.peers = [{ publicKey, address, rank: 1 }]
        await mineUntil(world, () => isOpen(world))
      },
      check: oneChannel,
    },
    {
      name: 'channels.open',
      says: 'The operator asks for a channel.',
      node: asked.options,
      furnish: (world) => world.shop.fund(3_000_000n),
      async run(world) {
        const { publicKey, address } = world.peers.island
        const wanted = { peer: publicKey, address, capacity: '1000000 sat' as const }
        await must(world, 'open', (node) => node.channels.open(wanted, { idempotencyKey: 'first' }))
        await mineUntil(world, () => isOpen(world))
      },
      check: oneChannel,
    },
    {
      name: 'channels.open is refused',
      says: 'Nobody answers at the address: place, coins and budget go back, the peer is left alone.',
      node: asked.options,
      furnish: (world) => world.shop.fund(3_000_000n),
      async run(world) {
        const { publicKey } = world.peers.island
        const wanted = { peer: publicKey, address: '127.0.0.9:9', capacity: '1000000 sat' as const }
        await must(world, 'open', (node) => node.channels.open(wanted, { idempotencyKey: 'first' }))
        await eventually(
          world,
          () => rows(world, 'channel_intents', { state: 'failed' }).length === 1,
        )
      },
      check(world) {
        const [{ amount_msat: used } = {}] = rows(world, 'spending')
        if (used !== 0n) return `${used} msat are still reserved`
        if (rows(world, 'opening_slots').length > 0) return 'the place is still taken'
        if (rows(world, 'claimed_outpoints').length > 0) return 'coins are still claimed'
        const marks = rows(world, 'peer_marks', { state: 'cooling-down' })
        return marks.length === 1 ? undefined : `${marks.length} peers cool down`
      },
    },
    {
      name: 'channels.close',
      says: 'The operator closes a channel: nothing is opened in its place.',
      node: { channels: { settlePeriod: 0 } },
      async prepare(world) {
        const point = world.channels.hostile
        await eventually(
          world,
          () => rows(world, 'channels', { channel_point: point, state: 'active' }).length === 1,
        )
      },
      async run(world) {
        const point = world.channels.hostile
        await must(world, 'close', (node) => node.channels.close(point, { reason: 'drill' }))
        await mineUntil(
          world,
          () => rows(world, 'channels', { channel_point: point, state: 'closed' }).length === 1,
        )
        await eventually(
          world,
          () => rows(world, 'close_intents', { state: 'closed' }).length === 1,
        )
      },
      check(world) {
        const marks = rows(world, 'peer_marks').map(({ state }) => state)
        return marks.join() === 'closed-by-operator' ? undefined : `marks: ${marks.join()}`
      },
    },
    {
      name: 'a peer closes',
      says: 'A listed or unlisted peer closes by force: it is blacklisted, once, with its evidence.',
      node: { channels: { settlePeriod: 0 } },
      async prepare(world) {
        const point = world.channels.hostile
        await eventually(
          world,
          () => rows(world, 'channels', { channel_point: point, state: 'active' }).length === 1,
        )
      },
      async run(world) {
        const point = world.channels.hostile
        world.peers.hostile.closeChannel(point, { kind: 'force' })
        await mineUntil(
          world,
          () => rows(world, 'channels', { channel_point: point, state: 'closed' }).length === 1,
        )
      },
      check(world) {
        const marks = rows(world, 'peer_marks').map(({ state }) => state)
        return marks.length === 1 ? undefined : `marks: ${marks.join()}`
      },
    },
    {
      name: 'channels.adopt',
      says: 'A channel that this library did not open becomes ours.',
      async run(world) {
        const point = world.channels.hub
        await eventually(
          world,
          () => rows(world, 'channels', { channel_point: point, state: 'active' }).length === 1,
        )
        await must(world, 'adopt', (node) => node.channels.adopt(point, 'ours'))
      },
      check(world) {
        const [row] = rows(world, 'channels', { channel_point: world.channels.hub })
        return row?.ownership === 'ours' ? undefined : `it is ${row?.ownership}`
      },
    },
    {
      name: 'keeper.pause and resume',
      says: 'The operator pauses the keeper, and lets it go on.',
      async run(world) {
        const set = (isPaused: boolean) =>
          must(world, isPaused ? 'pause' : 'resume', async (node) => {
            const now = await node.keeper.status()
            if (now.isPaused === isPaused) return
            await (isPaused ? node.keeper.pause('drill') : node.keeper.resume('over'))
          })
        await set(true)
        await set(false)
      },
      check(world) {
        const [row] = rows(world, 'keepers')
        return row?.is_paused === false ? undefined : 'it is still paused'
      },
    },
    {
      name: 'peers.block and allow',
      says: 'The operator blacklists a peer, and takes the mark away.',
      async run(world) {
        const { publicKey } = world.peers.island
        const isMarked = (): boolean => rows(world, 'peer_marks', { peer: publicKey }).length === 1
        await must(world, 'block', async (node) => {
          if (!isMarked()) await node.peers.block(publicKey, 'drill')
        })
        await must(world, 'allow', async (node) => {
          if (isMarked()) await node.peers.allow(publicKey, 'over')
        })
      },
      check: (world) => (rows(world, 'peer_marks').length === 0 ? undefined : 'still marked'),
    },
  ]
}

/** What happens to channels. */
export const channelOperations: readonly Operation[] = openings()
