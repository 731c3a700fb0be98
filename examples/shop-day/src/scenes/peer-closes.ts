import { blacklistedInWords } from '../channel-words.ts'
import { inSat } from '../clock-face.ts'
import type { Day } from '../simulated-day.ts'
import { until } from '../stage.ts'
import { isOpened } from './keeper-opens-channels.ts'

/** A peer closes a channel that nobody asked it to close: never again, and the next one of the list comes. */
export async function peerCloses(day: Day): Promise<void> {
  const { shop, world } = day
  const { harbor } = world.hubs
  await day.passUntil('20:30')
  await day.settle()
  const { channels, balances } = await shop.look()
  const own = channels.find(({ peer }) => peer === harbor.publicKey)!
  harbor.closeChannel(own.channelPoint)
  await shop.heard('channel.closing', ({ channel }) => channel.channelPoint === own.channelPoint)
  // Three blocks, after which also LND's list has it, before the story's clock moves on.
  world.mine(3)
  // The next ones are expensive.
  world.setFeerate(80)
  const { peer } = await shop.heard(
    'peer.blacklisted',
    (blacklisted) => blacklisted.peer.publicKey === harbor.publicKey,
  )
  await day.tell(
    'trouble',
    `harbor closes its channel, with ${inSat(own.local.msat)} of ours in it`,
  )
  await day.tell('keeper', `harbor is ${blacklistedInWords(peer)}`)
  const { says } = await shop.heard(
    'keeper.blocked',
    ({ reason }) => reason === 'feerate-above-ceiling',
  )
  await day.tell('wait', `a channel is missing, but nothing is opened at any price: ${says}`)
  await day.passUntil('21:00')
  world.setFeerate(12)
  await isOpened(day, 'ridge', 'fees are down; in place of harbor: ')
  await day.passUntil('22:00', 6)
  const { fee } = (await shop.openings())[0]!
  // Six blocks deep, a close is final and its cost is booked.
  await until('the cost of the close to be booked', async () => {
    const { onchainFees } = (await shop.look()).balances.world
    return onchainFees.msat > balances.world.onchainFees.msat + fee!.msat
  })
}
