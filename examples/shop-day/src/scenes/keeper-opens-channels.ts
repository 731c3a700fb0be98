import { openingInWords } from '../channel-words.ts'
import { group, inSat } from '../clock-face.ts'
import type { Day, Hub } from '../simulated-day.ts'
import { until } from '../stage.ts'

/** An LND with a few coins and no channel: the shop says what is missing, coins arrive, channels are opened. */
export async function keeperOpensChannels(day: Day): Promise<void> {
  const { shop, world } = day
  await shop.start()
  const { node } = await shop.heard('node.ready')
  await day.tell('shop', `starts: its LND "${node.alias}" answers; it has no channel yet`)
  await coinsArrive(day)

  // The first opening meets the worst moment: LND and the peer agree, and our process dies.
  const death = day.killAfter('openChannel')
  await day.nextBlock()
  await death
  await day.mourn('SIGKILL: LND has just agreed with north on a channel and could not answer')
  await day.revive()
  await isOpened(day, 'north', 'found again in LND by its memo, not opened twice: ')
  for (const hub of ['granite', 'cliff'] as const) {
    const { peer } = await shop.heard(
      'peer.cooled-down',
      (cooled) => cooled.peer.publicKey === world.hubs[hub].publicKey,
    )
    const hours = Math.round((peer.until! - peer.since) / 3_600_000)
    await day.tell(
      'refused',
      `${hub} (${peer.reason}): left alone for ${hours} hours. ${peer.says}`,
    )
  }
  await isOpened(day, 'south')
  await isOpened(day, 'harbor')
  await until('enough channels', async () => (await shop.keeperStatus()).verdict === 'enough')
  const { budget, active } = await shop.keeperStatus()
  const of = `${inSat(budget.used.msat)} of ${inSat(budget.limit.msat)}`
  await day.tell('keeper', `has its ${active} channels; of the month's budget it used ${of}`)
}

/** What is missing is said, and where to send it; the operator sends it. */
async function coinsArrive(day: Day): Promise<void> {
  const { shop, world } = day
  await shop.heard('keeper.blocked', ({ reason }) => reason === 'wallet-too-small')
  const { wanted, active, bootstrap } = await shop.keeperStatus()
  await day.tell('keeper', `${active} of ${wanted} channels. ${bootstrap.says}`)
  const address = await shop.depositAddress()
  await day.tell('keeper', `deposit address: ${address}`)
  await day.passUntil('06:20')
  // One channel more than is missing: peers come and go.
  const sentSat = (bootstrap.missing!.msat / 1_000_000_000n + 3n) * 1_000_000n
  world.payOnChain(address, sentSat)
  await day.tell('shop', `the operator sends ${group(sentSat)} sat there`)
}

/** The keeper opens by itself; all that this story adds is blocks. */
export async function isOpened(day: Day, hub: Hub, before = ''): Promise<void> {
  const { shop, world } = day
  const peer = world.hubs[hub].publicKey
  const isOurs = (channel: { readonly peer: string; readonly isInitiator: boolean }): boolean =>
    channel.peer === peer && channel.isInitiator
  await shop.heard('channel.opening', ({ channel }) => isOurs(channel))
  const intended = async () => (await shop.openings()).find((one) => one.peer === peer)
  const becomes = (state: string) => async () => (await intended())?.state === state
  await until(`the opening to ${hub} to be pending`, becomes('pending'))
  await day.nextBlock()
  await shop.heard('channel.active', ({ channel }) => isOurs(channel))
  await until(`the opening to ${hub} to end`, becomes('open'))
  await day.tell('keeper', before + openingInWords((await intended())!, hub))
}
