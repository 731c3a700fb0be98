import type { Identity } from '../context.ts'
import { parseAddress } from '../destinations/require-address.ts'
import { type AmountInput, readAmount } from '../domain/amount.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import { type KeySource, loadKey } from '../keys.ts'
import type { Clock } from '../ports/clock.ts'
import type { LightningNode, Network, NodeInfo } from '../ports/lightning-node.ts'
import type { SelfCustodialSwapProvider } from '../ports/swap-provider.ts'
import { rescueLabel, swapLabel } from '../swaps/swap-label.ts'
import { systemClock } from '../system-clock.ts'
import { systemRandom } from '../system-random.ts'
import { firstWithin } from './first-within.ts'
import { lookAtEach } from './look-at-each.ts'
import { findPayment, type ReadyClaim, type Search, tooLate } from './look-at-swap.ts'
import type { LostSwap } from './lost-swap.ts'

export type { LostSwap } from './lost-swap.ts'

/** What a rescue without books needs. */
export interface RescueOptions {
  /** With its wallet and its view of the chain. */
  readonly lightning: LightningNode
  /** `keys.swaps`, as it was when the swaps were made. */
  readonly swapKey: KeySource
  /** The operator that the swaps were made with. */
  readonly provider: SelfCustodialSwapProvider
  /** Where claims pay to; left out: a new address of LND's wallet, when something is claimed. */
  readonly destination?: string
  /**
   * Of a swap that books have which can be read: where they have its claim pay to. It goes before `destination`, so
   * that they know the claim for their own, and the claim has the label of a claim of theirs. Answers undefined for
   * others.
   */
  readonly storedDestination?: (paymentHash: string) => string | undefined
  /** sat/vB; left out: LND's estimate for six blocks. */
  readonly feerate?: number
  /**
   * The most that a claim may cost while the payment may still come back; left out: a tenth of what is locked up.
   * What the provider was paid for good is claimed at any fee that leaves something.
   */
  readonly maximumFee?: AmountInput
  /** Of the lockup, before anything is revealed. Default 1; `swapping.confirmations` of the configuration. */
  readonly confirmations?: number
  /** Milliseconds to wait for LND to tell what it has of a swap, at each question. Default 60,000. */
  readonly patience?: number
  /** Default: real time. */
  readonly clock?: Clock
}

/** What was found, and the way to claim it. */
export interface Rescue {
  /** The latest timeout first; those that cannot be read last. */
  readonly swaps: readonly LostSwap[]
  /**
   * Signs and publishes the claim of a claimable swap: reveals its preimage. Answers its transaction id. Looks at
   * LND's tip before: throws `node.unavailable` where it is not synced, and `swap.not-live` where it is too late.
   */
  publish(swap: LostSwap): Promise<string>
}

/**
 * Finds swaps without the books: from the swap key, the provider's restore call and LND alone. It reveals and
 * publishes nothing by itself. Throws `node.unavailable` (also when LND is not synced to the chain),
 * `swap.provider-failed`, `input.invalid`, and what LND says when no swap at all can be looked at.
 */
export async function rescueSwaps(options: RescueOptions): Promise<Rescue> {
  const { lightning, provider, patience = 60_000, clock = systemClock } = options
  const { confirmations = 1, maximumFee, storedDestination } = options
  const { chain, onchain } = lightning
  if (!chain || !onchain) throw misconfigured('it has no view of the chain, or no wallet')
  if (!provider.restore) {
    const details = { provider: provider.name, reason: 'no-restore', outcome: 'none' } as const
    throw new PaymentNodeError('swap.provider-failed', 'It has no restore call.', details)
  }
  const maximumFeeSat =
    maximumFee === undefined ? undefined : readAmount(maximumFee, 'maximumFee').msat / 1000n
  const key = await loadKey('swaps', options.swapKey)
  const { publicKey, network, blockHeight } = await readSyncedInfo(lightning)
  const identity: Identity = { publicKey, network }
  if (options.destination !== undefined) requireUsable(options.destination, network)
  const kit = await import('../swaps/kit/index.ts')
  const told = await provider.restore(kit.swapExtendedPublicKey(key, identity))
  const destination =
    options.destination ?? (told.length === 0 ? '' : await onchain.newAddress('taproot'))
  const feerate = options.feerate ?? (await onchain.estimateFeerate(6))
  const search: Search = {
    key,
    identity,
    claimKeys: kit.searchClaimKeys(key, identity, () => clock.sleep(0)),
    lightning,
    chain,
    destinationOf: (paymentHash) => storedDestination?.(paymentHash) ?? destination,
    feerate,
    maximumFeeSat,
    confirmations,
    tip: blockHeight,
    firstOf: (open) => firstWithin(open, patience, clock.sleep),
  }
  const found = await lookAtEach(search, told)
  const ready = new Map(found.map(({ swap, ready }) => [swap, ready]))
  return {
    swaps: found.map(({ swap }) => swap),
    async publish(swap) {
      const known = ready.get(swap)
      if (!known) throw new RangeError('Only a claimable swap of this rescue can be claimed.')
      await requireTime(search, swap, known)
      const { transaction, txid } = kit.signScriptClaim(
        known.claim,
        known.keys,
        systemRandom.bytes(32),
      )
      const { paymentHash, swapId } = known.keys
      // Their wallet's bookkeeping leaves it to the swap; what no swap of theirs books is the operator's deposit.
      const isInBooks = storedDestination?.(paymentHash) !== undefined
      const label = isInBooks ? swapLabel(swapId) : rescueLabel(swapId)
      await onchain.publish(Buffer.from(transaction, 'hex'), label)
      return txid
    },
  }
}

/** What the caller names for all of them is refused before anybody is asked; a stored one concerns its swap alone. */
function requireUsable(destination: string, network: Network): void {
  const reading = parseAddress(destination, network)
  if (reading.isPayable) return
  throw invalid(
    'destination',
    'malformed',
    `as an address of ${network} it is not usable: ${reading.says}`,
  )
}

/** Blocks may have come since it was looked at, and LND may have lost them. */
async function requireTime(search: Search, swap: LostSwap, ready: ReadyClaim): Promise<void> {
  const { blockHeight } = await readSyncedInfo(search.lightning)
  if (!ready.reveal) return
  const { checkRevealAllowed } = await import('../swaps/kit/index.ts')
  if (checkRevealAllowed(ready.reveal, blockHeight).allowed) return
  const payment = await findPayment(search, ready.keys.paymentHash)
  // Taken meanwhile: from then on each block counts.
  if (payment !== 'silence' && payment?.state === 'succeeded') return
  throw new PaymentNodeError('swap.not-live', tooLate, {
    swap: swap.providerId,
    state: 'too-late',
  })
}

/** Throws where LND does not see the chain as it is: its height, and what is locked up and spent, would be old. */
async function readSyncedInfo(lightning: LightningNode): Promise<NodeInfo> {
  const info = await lightning.getInfo()
  if (info.isSyncedToChain) return info
  throw new PaymentNodeError(
    'node.unavailable',
    `LND is not synced to the chain (it is at block ${info.blockHeight}): what is too late already would look claimable.`,
    { reason: 'not-synced', outcome: 'none' },
    { advice: 'Wait until LND is synced, and repeat.' },
  )
}

function misconfigured(says: string): PaymentNodeError<'node.unavailable'> {
  return new PaymentNodeError(
    'node.unavailable',
    `This connection to LND cannot be used for a rescue: ${says}.`,
    { reason: 'misconfigured', outcome: 'none' },
    { isRetryable: false },
  )
}
