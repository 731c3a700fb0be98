import { finalAfter } from '../channels/book-close-costs.ts'
import type { LightningNode } from '../ports/lightning-node.ts'
import { isForbidden } from '../workers/repeat-patiently.ts'
import { ownedInChannel } from './read-assets.ts'

/** What a node has when its books begin. */
export interface Opening {
  /**
   * msat in the wallet and in open channels. What is locked, opening or closing then is left out: its coins may be in
   * the wallet, too. The proof finds it later, and books it as the operator's.
   */
  readonly ownedMsat: bigint
  readonly blockHeight: number
  /** Transactions that were not final: the wallet counts them already, and they may confirm (again) later. */
  readonly unfinal: readonly string[]
}

/** Reads again, at most so many times, until a block or a payment between the calls is ruled out. */
const tries = 5

export async function readOpening(lightning: LightningNode): Promise<Opening> {
  let last = await readOnce(lightning)
  for (let time = 1; time < tries; time++) {
    const next = await readOnce(lightning)
    if (next.blockHeight === last.blockHeight && next.ownedMsat === last.ownedMsat) return next
    last = next
  }
  return last
}

async function readOnce(lightning: LightningNode): Promise<Opening> {
  const { blockHeight } = await lightning.getInfo()
  const [wallet, channels] = await Promise.all([
    lightning.walletBalance(),
    lightning.listChannels(),
  ])
  const unfinal = await readUnfinal(lightning, blockHeight)
  const coins = wallet.confirmedMsat + wallet.unconfirmedMsat
  const ownedMsat = channels.reduce((sum, channel) => sum + ownedInChannel(channel), coins)
  return { ownedMsat, blockHeight, unfinal }
}

/** None where the macaroon does not allow it: a node that only receives needs no right to read its wallet's past. */
async function readUnfinal(
  { onchain }: LightningNode,
  blockHeight: number,
): Promise<readonly string[]> {
  try {
    const newest = (await onchain?.transactions(Math.max(0, blockHeight - finalAfter))) ?? []
    return newest.map(({ transactionId }) => transactionId)
  } catch (error) {
    if (isForbidden(error)) return []
    throw error
  }
}
