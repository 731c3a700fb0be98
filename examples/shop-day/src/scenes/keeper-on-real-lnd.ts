import { type RegtestNode, waitUntil } from '@payment-node/regtest'
import { blacklistedInWords, openingInWords } from '../channel-words.ts'
import { group, inSat } from '../clock-face.ts'
import type { ShopView } from '../processes/open-shop.ts'
import type { RealDay } from './on-real-lnd.ts'

/** Seconds that LND must have been there before a peer is blamed, and before a channel is opened. */
export const settleSeconds = 5

/** An LND with a few coins and no channel: the shop says what is missing, coins arrive, channels are opened. */
export async function realKeeperOpens(day: RealDay): Promise<void> {
  const { shop, network } = day
  await shop.start()
  const { node } = await shop.heard('node.ready')
  const version = node.version.split(' ')[0]
  await day.tell('shop', `starts on LND ${version} (${node.network}); it has no channel yet`)
  await shop.heard('keeper.blocked', ({ reason }) => reason === 'wallet-too-small')
  const { active, wanted, bootstrap } = await shop.keeperStatus()
  await day.tell('keeper', `${active} of ${wanted} channels. ${bootstrap.says}`)
  const address = await shop.depositAddress()
  await day.tell('keeper', `deposit address: ${address}`)
  const sentSat = (bootstrap.missing!.msat / 1_000_000_000n + 2n) * 1_000_000n
  await network.chain.send(address, sentSat)
  await network.mine(1)
  await day.tell('shop', `the operator sends ${group(sentSat)} sat there; a block confirms it`)

  await isOpenedForReal(day, day.hub)
  const { peer } = await shop.heard('peer.cooled-down')
  await day.tell('refused', `the first of the list (${peer.reason}) is left alone for a while`)
  await isOpenedForReal(day, day.customer)
  const { budget } = await shop.keeperStatus()
  const of = `${inSat(budget.used.msat)} of ${inSat(budget.limit.msat)}`
  await day.tell('keeper', `has its ${wanted} channels; of the month's budget it used ${of}`)

  await network.openChannels([
    { from: 'customer', to: 'shop', capacitySat: 5_000_000 },
    { from: 'customer', to: 'wallet', capacitySat: 5_000_000 },
  ])
  await mineUntil(day, 'the channels to be active', async ({ channels }) =>
    channels.every(({ state }) => state === 'active'),
  )
  const { channels } = await shop.look()
  const receivable = channels.reduce((sum, channel) => sum + channel.receivable.msat, 0n)
  await day.tell('shop', `a customer opens a channel: it can receive ${inSat(receivable)} now`)
}

/** A peer closes a channel that nobody asked it to close: never again, and the next one of the list comes. */
export async function realPeerCloses(day: RealDay): Promise<void> {
  const { shop, hub, network } = day
  const back = day.record.outages.at(-1)!.to
  await waitUntil('LND to be there for a while', () => day.now() > back + 2000 * settleSeconds)
  const before = (await shop.look()).balances.world.onchainFees.msat
  const own = (await shop.look()).channels.find(({ peer }) => peer === hub.publicKey)!
  await hub.closeChannel(own.channelPoint)
  await day.tell('trouble', `hub closes its channel, with ${inSat(own.local.msat)} of ours in it`)
  await mineUntil(day, 'the close', async ({ channels }) =>
    channels.every(({ channelPoint }) => channelPoint !== own.channelPoint),
  )
  const { peer } = await shop.heard('peer.blacklisted')
  await day.tell('keeper', `hub is ${blacklistedInWords(peer)}`)
  await isOpenedForReal(day, day.wallet, 'in place of hub: ')
  const [replacement] = await shop.openings()
  // Six blocks deep, a close is final and its cost is booked.
  for (let block = 0; block < 6; block++) await network.mine(1)
  await mineUntil(
    day,
    'the cost of the close to be booked',
    async ({ balances }) => balances.world.onchainFees.msat > before + replacement!.fee!.msat,
  )
}

/** The keeper opens by itself; all that this story adds is blocks. */
async function isOpenedForReal(day: RealDay, node: RegtestNode, before = ''): Promise<void> {
  const intended = async () =>
    (await day.shop.openings()).find(({ peer }) => peer === node.publicKey)
  await mineUntil(day, `a channel to ${node.alias}`, async ({ channels }) => {
    const isActive = channels.some(
      ({ peer, state, isInitiator }) =>
        peer === node.publicKey && state === 'active' && isInitiator,
    )
    return isActive && (await intended())?.state === 'open'
  })
  await day.tell('keeper', before + openingInWords((await intended())!, node.alias))
}

/** Blocks come while a channel waits for them, one by one: LND loses its sync when they come faster. */
async function mineUntil(
  { shop, network }: RealDay,
  awaited: string,
  isTrue: (view: ShopView) => Promise<boolean>,
): Promise<void> {
  await waitUntil(
    awaited,
    async () => {
      const view = await shop.look()
      if (await isTrue(view)) return true
      const isWaiting = view.channels.some(
        ({ state }) => state === 'opening' || state === 'closing',
      )
      if (isWaiting) await network.mine(1)
      return false
    },
    { deadlineMilliseconds: 120_000, intervalMilliseconds: 500 },
  )
}
