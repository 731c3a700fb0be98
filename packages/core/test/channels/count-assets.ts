import type { ChannelStand } from './channel-stand.ts'

/** What our LND has, in msat: the wallet, and its side of open channels with what the opener holds back. */
export async function assets({ lnd, run }: ChannelStand): Promise<bigint> {
  const wallet = await run(lnd.lightning.walletBalance())
  const channels = await run(lnd.lightning.listChannels())
  const sides = channels.map(({ isInitiator, capacityMsat, remoteMsat, localMsat }) =>
    isInitiator ? capacityMsat - remoteMsat : localMsat,
  )
  const { confirmedMsat, unconfirmedMsat, lockedMsat } = wallet
  return sides.reduce((sum, side) => sum + side, confirmedMsat + unconfirmedMsat + lockedMsat)
}

/** What the books say is the operator's, in msat. */
export async function operator({ rowsOf }: ChannelStand): Promise<bigint> {
  const legs = (await rowsOf('postings')).filter(({ account }) => account === 'operator')
  return legs.reduce((sum, { amount_msat }) => sum + (amount_msat as bigint), 0n)
}

/** Kinds of what was booked since the opening. */
export const factsOf = async ({ rowsOf }: ChannelStand): Promise<unknown[]> =>
  (await rowsOf('ledger_transactions'))
    .filter(({ kind }) => kind !== 'opening')
    .map(({ kind }) => kind)

/** Blocks until everything is resolved and final. */
export async function finish({ network, clock }: ChannelStand): Promise<void> {
  for (const blocks of [3, 4, 400, 10, 10]) {
    network.mine(blocks)
    await clock.advance(70_000)
  }
}
