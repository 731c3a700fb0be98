import { type Context, identityOf, requireReady } from '../../context.ts'
import type { DelegatedSwapState } from '../../domain/swap.ts'
import { PaymentNodeError } from '../../errors.ts'
import type { DelegatedSwap } from '../../ports/swap-provider.ts'
import { readText } from '../../read-input.ts'
import { maximumDecisions, tooContended } from '../../record.ts'
import { usedHashes } from '../../tables/payouts.ts'
import { swaps } from '../../tables/swaps.ts'
import { findSwap } from '../get-swap.ts'
import { giveUpForgotten } from '../give-up-forgotten.ts'
import { type Swap, swapView } from '../swap-view.ts'
import { endDelegated } from './end-delegated.ts'
import { readLastWord } from './last-word.ts'
import type { DelegatedRow } from './mark-delegated.ts'
import { endUnstarted } from './start-delegated.ts'
import { isDelegatedOver } from './step-delegated-swap.ts'

/**
 * For a swap of custody `self` see `giveUpForgotten`. Else:
 * an operator's word that a daemon will not go on with a swap that needs somebody, or whose provider is no longer among
 * the options: LND says what was paid for it, and that is booked as lost, unless the daemon had completed it; its
 * place under way and what it did not cost are given back. The daemon is told nothing.
 * Throws `swap.not-found`, and `swap.not-live` for any other swap and while LND has its payment in flight.
 */
export async function giveUpSwap(context: Context, id: string, reason: string): Promise<Swap> {
  const identity = identityOf(context)
  const note = readText(reason, 'reason', { maximum: 500 })
  requireReady(context)
  const pursuit = { context, identity, signal: new AbortController().signal }
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await findSwap(context, id)
    if (row.custody === 'self') {
      const given = await giveUpForgotten(context, row, note)
      if (given) return given
      continue
    }
    if (row.custody !== 'delegated' || !mayBeGivenUp(context, row)) throw notStuck(row)
    context.logger.warn('a swap is given up by the operator', { swap: id, note })
    const hash = row.provider_id ?? (await findSaidHash(context, row))
    if (hash === undefined) {
      await endUnstarted(pursuit, row, { reason: 'given-up', says: note })
    } else if ((await endDelegated(pursuit, row, wordFor(row, hash), 'given-up')) === 'open') {
      throw notStuck(row, true)
    }
    const now = await findSwap(context, id)
    if (now.ended_at !== null) return swapView(now)
  }
  throw tooContended('swaps.giveUp')
}

/** It needs somebody, or is of a daemon that nobody gives any more. */
function mayBeGivenUp({ settings }: Context, { state, provider }: DelegatedRow): boolean {
  if (state === 'needs-operator') return true
  const { providers } = settings.swapping
  const isFollowed = providers.some(
    ({ custody, name }) => custody === 'delegated' && name === provider,
  )
  return !isFollowed && !isDelegatedOver(state as DelegatedSwapState)
}

/**
 * What the daemon calls a swap whose reports could not be trusted: it was started, and LND knows what became of it.
 * Undefined where the daemon has said nothing, and where something else of the books has that hash.
 */
async function findSaidHash(
  { storage }: Context,
  { node, evidence }: DelegatedRow,
): Promise<string | undefined> {
  const hash = (evidence as { readonly providerId?: unknown } | null)?.providerId
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) return undefined
  if (await storage.get(usedHashes, [node, hash])) return undefined
  const [own] = await storage.find(swaps, { index: 'hash', equals: [node, hash], limit: 1 })
  return own ? undefined : hash
}

/** What the daemon has said, or would say if it could. */
function wordFor(row: DelegatedRow, providerId: string): DelegatedSwap {
  const word = readLastWord(row)
  if (word) return word
  return {
    label: row.id,
    providerId,
    state: 'failed',
    amountSat: row.amount_msat / 1000n,
    serviceSat: 0n,
    minerSat: 0n,
    routingSat: 0n,
    prepayLostSat: 0n,
  }
}

function notStuck(
  { id, state }: DelegatedRow,
  isPaymentOpen = false,
): PaymentNodeError<'swap.not-live'> {
  return new PaymentNodeError(
    'swap.not-live',
    isPaymentOpen
      ? `LND has a payment of swap ${id} in flight.`
      : `Swap ${id} is ${state}: a daemon's swap is given up when it needs an operator, or its provider was removed.`,
    { swap: id, state },
    { advice: 'A payment in flight ends at the latest when it times out: try again then.' },
  )
}
