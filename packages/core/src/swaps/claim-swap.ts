import { rowBase } from '../context.ts'
import { claimBytesOf, claimFeerate, isWorthReplacing } from '../domain/swap-claim-fee.ts'
import { PaymentNodeError } from '../errors.ts'
import type { Write } from '../ports/storage.ts'
import { LostLeadership } from '../record.ts'
import { payouts } from '../tables/payouts.ts'
import { swapClaims, swaps } from '../tables/swaps.ts'
import { insert, type RowOf, requireUnchanged } from '../tables/table.ts'
import { readFeerate } from '../transactions/current-feerate.ts'
import { mayClaim } from '../transactions/may-act.ts'
import { askProvider } from './ask-provider.ts'
import { readClaimsPayout } from './bound-payout.ts'
import type { UnsignedClaim } from './kit/build-claim.ts'
import type { ClaimPath } from './kit/claim-size.ts'
import type { SwapKeys } from './kit/derive-swap-keys.ts'
import type { SignedClaim } from './kit/sign-script-claim.ts'
import type { Lockup } from './kit/verify-lockup.ts'
import { markSwap, type SwapRow } from './mark-swap.ts'
import { ensureVerified } from './see-lockup.ts'
import { payoutOf } from './stored-terms.ts'
import { requireSwapKey } from './swap-key.ts'
import { swapLabel } from './swap-label.ts'
import type { SwapPursuit } from './swap-pursuit.ts'

type ClaimRow = RowOf<typeof swapClaims>

/** After so many refusals the provider is no longer asked: the script path needs nobody. */
const mostRefusals = 3

/** What a claim would pay now. */
interface ClaimFeerate {
  /** sat/vB */
  readonly feerate: number
  /** It is known, and within the swap's limit, or no limit holds any more. */
  readonly isAffordable: boolean
  /** False: nobody says what the chain asks. */
  readonly isKnown: boolean
}

/** Where nobody says it: what the first claim pays, and before there is one the most that it may. */
export async function readClaimFeerate(pursuit: SwapPursuit, row: SwapRow): Promise<ClaimFeerate> {
  const { context } = pursuit
  const bytes = claimBytesOf('script', row.payout !== null)
  const ceiling = Number(row.claim_limit_msat / 1000n) / bytes
  const blocksLeft = (row.timeout_height ?? 0) - (context.live.info?.blockHeight ?? 0)
  const isRevealed = row.revealed_at !== null
  const known = await askFeerate(pursuit, row)
  const asked = known ?? (await firstFeerate(pursuit, row)) ?? ceiling
  const isAffordable = isRevealed || (known !== undefined && known <= ceiling)
  const feerate = claimFeerate({ feerate: asked, ceiling, isRevealed, blocksLeft })
  return { feerate, isAffordable, isKnown: known !== undefined }
}

/** Undefined: nobody knows it now. */
async function askFeerate({ context }: SwapPursuit, row: SwapRow): Promise<number | undefined> {
  try {
    return (await readFeerate(context)).satPerVbyte
  } catch (error) {
    context.logger.warn('nobody says what a claim should pay', { swap: row.id, ...tellOf(error) })
    // Whether it is LND that is gone is found out.
    context.live.checkConnection()
    return undefined
  }
}

/** sat/vB of the claim that was stored with the reveal. */
async function firstFeerate(
  { context, identity }: SwapPursuit,
  row: SwapRow,
): Promise<number | undefined> {
  const first = await context.storage.get(swapClaims, [identity.publicKey, row.id, 1])
  return first && Number(first.fee_msat) / 1000 / first.virtual_bytes
}

function tellOf(error: unknown): { readonly error: string } {
  return { error: error instanceof Error ? error.message : String(error) }
}

/** The keys of a swap, derived again. Throws when this process has another key than the swap was made with. */
export async function deriveKeysOf(
  { context, identity }: SwapPursuit,
  row: SwapRow,
): Promise<SwapKeys> {
  const { deriveSwapKeys } = await import('./kit/index.ts')
  const key = requireSwapKey(context)
  if (key.keyId !== row.key_id) {
    throw new PaymentNodeError(
      'keys.mismatch',
      'This process has another swap key than the swap was made with.',
      { purpose: 'swaps', expected: row.key_id, actual: key.keyId },
      { advice: 'Give the key that the swap was made with.', fundsAtRisk: true },
    )
  }
  return deriveSwapKeys(key, identity, { swapId: row.id, claimIndex: row.claim_index })
}

/** A claim for the table, one after the last one. */
export function claimWrite(
  { context, identity }: SwapPursuit,
  row: SwapRow,
  claim: UnsignedClaim,
  signed: SignedClaim,
): Write {
  return insert(swapClaims, {
    ...rowBase(identity),
    swap: row.id,
    number: row.claims + 1,
    transaction_id: signed.txid,
    outpoint: row.lockup_outpoint ?? '',
    raw: new Uint8Array(Buffer.from(signed.transaction, 'hex')),
    path: claim.path,
    pays_payout: claim.paysPayout,
    virtual_bytes: signed.virtualBytes,
    fee_msat: signed.feeSat * 1000n,
    created_height: context.live.info?.blockHeight ?? 0,
    confirmed_height: null,
    created_at: context.clock.now(),
  })
}

export function lockupOf(row: SwapRow): Lockup {
  const [txid, vout] = (row.lockup_outpoint ?? '').split(':')
  return { txid: txid!, vout: Number(vout), valueSat: (row.lockup_msat ?? 0n) / 1000n }
}

/**
 * Keeps the lockup being claimed: a claim with the provider's half where it helps, the stored one by script where it
 * does not, dearer ones when blocks pass. Every claim is stored before it is published. Answers whether it was taken
 * further.
 */
export async function claimSwap(pursuit: SwapPursuit, row: SwapRow): Promise<boolean> {
  const { context, follower } = pursuit
  const { sight } = follower
  const height = context.live.info?.blockHeight ?? 0
  const isTended = sight.tendedAt >= height
  if (isTended && row.state === 'claim-published') return false
  const last = await lastClaim(pursuit, row)
  if (!last) throw new Error(`swap ${row.id} is revealed and has no claim`)
  // What the network refuses is tried again at each look; a better one is made once for each block.
  const { made, trouble } = isTended
    ? { made: undefined, trouble: row.reason ?? undefined }
    : await improveClaim(pursuit, row, last)
  if (made === 'changed') return true
  sight.tendedAt = height
  const newest = made ?? last
  const latest = await context.storage.get(swaps, [row.id])
  if (!latest) return false
  if (await publish(pursuit, newest)) return notePublished(pursuit, latest, trouble)
  // The network prefers what it has, or does not like this one: the one before needs nobody either.
  if (newest !== last && (await publish(pursuit, last)))
    return notePublished(pursuit, latest, trouble)
  return noteTrouble(pursuit, latest, trouble)
}

/** Why there is no better claim than the one that is stored; the swap's `reason`. */
type ClaimTrouble = 'feerate-unknown' | 'no-key' | 'no-better-claim' | 'terms-damaged'

interface Improved {
  /** Undefined: none is worth making, or none can be made. */
  readonly made: ClaimRow | 'changed' | undefined
  readonly trouble: ClaimTrouble | undefined
}

/**
 * A better claim than the last one, stored. What is stored already needs neither a feerate nor a key nor the provider:
 * whatever goes wrong here, it is published.
 */
async function improveClaim(pursuit: SwapPursuit, row: SwapRow, last: ClaimRow): Promise<Improved> {
  const { context, follower } = pursuit
  const isPublished = row.state === 'claim-published'
  // A reorganization may have moved the lockup.
  const isElsewhere = last.outpoint !== row.lockup_outpoint
  const { refusals } = follower.sight
  const mayCooperate = refusals < mostRefusals && !isPublished && last.path === 'script'
  try {
    const { feerate, isKnown } = await readClaimFeerate(pursuit, row)
    const mustReplace = isWorthReplacing(feeOf(last), feerate)
    if (!mayCooperate && !mustReplace && !isElsewhere)
      return { made: undefined, trouble: troubleOf(pursuit, isKnown) }
    const replaced = isPublished && !isElsewhere ? last : undefined
    const needsOne = mustReplace || isElsewhere
    const made = await makeClaim(pursuit, row, { feerate, replaced, needsOne })
    return { made, trouble: troubleOf(pursuit, isKnown) }
  } catch (error) {
    if (error instanceof LostLeadership) throw error
    const isKey =
      PaymentNodeError.is(error, 'keys.missing') || PaymentNodeError.is(error, 'keys.mismatch')
    context.logger.error('no better claim can be made; the stored one is published', {
      swap: row.id,
      ...tellOf(error),
    })
    return { made: undefined, trouble: isKey ? 'no-key' : 'no-better-claim' }
  }
}

function troubleOf({ follower }: SwapPursuit, isFeerateKnown: boolean): ClaimTrouble | undefined {
  // That was noted where it was found, with its event.
  if (follower.sight.isDamageTold) return 'terms-damaged'
  return isFeerateKnown ? undefined : 'feerate-unknown'
}

async function notePublished(
  pursuit: SwapPursuit,
  row: SwapRow,
  trouble: string | undefined,
): Promise<boolean> {
  if (row.state !== 'preimage-revealed') return noteTrouble(pursuit, row, trouble)
  await markSwap(pursuit, row, { fact: 'claim-published', set: { reason: trouble ?? null } })
  return true
}

/** Not why it is not claimed: why nothing better than what is stored was tried. */
async function noteTrouble(
  pursuit: SwapPursuit,
  row: SwapRow,
  trouble: string | undefined,
): Promise<false> {
  const reason = trouble ?? null
  if (row.reason !== reason) await markSwap(pursuit, row, { set: { reason } })
  return false
}

async function lastClaim(
  { context, identity }: SwapPursuit,
  row: SwapRow,
): Promise<ClaimRow | undefined> {
  return context.storage.get(swapClaims, [identity.publicKey, row.id, row.claims])
}

function feeOf(claim: ClaimRow): { readonly feeSat: bigint; readonly virtualBytes: number } {
  return { feeSat: claim.fee_msat / 1000n, virtualBytes: claim.virtual_bytes }
}

interface NewClaim {
  /** sat/vB */
  readonly feerate: number
  /** The one in the mempool. */
  readonly replaced: ClaimRow | undefined
  /** Without the provider's half, one by script is made: the last one does not do. */
  readonly needsOne: boolean
}

/** A new claim, stored. Undefined: none is worth making. */
async function makeClaim(
  pursuit: SwapPursuit,
  row: SwapRow,
  { feerate, replaced, needsOne }: NewClaim,
): Promise<ClaimRow | 'changed' | undefined> {
  const { context, identity, follower } = pursuit
  const bound = await readClaimsPayout(context, row)
  const payout = bound && payoutOf(row)
  const build = async (path: ClaimPath): Promise<UnsignedClaim | undefined> => {
    const { buildClaim } = await import('./kit/index.ts')
    const verified = await ensureVerified(pursuit, row)
    if (!verified) return undefined
    const built = buildClaim({
      verified,
      lockup: lockupOf(row),
      path,
      feerate,
      isRevealed: true,
      maximumFeeSat: row.claim_limit_msat / 1000n,
      ...(payout && { payout }),
      ...(replaced && { replaces: feeOf(replaced) }),
    })
    if (built.ok) return built.claim
    context.logger.info('no other claim is worth making', {
      swap: row.id,
      says: built.refusal.says,
    })
    return undefined
  }
  const keys = await deriveKeysOf(pursuit, row)
  const cooperative =
    follower.sight.refusals < mostRefusals ? await build('cooperative') : undefined
  const half = cooperative && (await cooperate(pursuit, row, cooperative, keys))
  const script = !half && needsOne ? await build('script') : undefined
  if (!half && !script) return undefined
  const { signScriptClaim } = await import('./kit/index.ts')
  const signed = half ?? signScriptClaim(script!, keys, context.random.bytes(32))
  const claim = half ? cooperative! : script!
  const refused = await markSwap(pursuit, row, {
    set: { claims: row.claims + 1 },
    writes: [
      claimWrite(pursuit, row, claim, signed),
      ...(bound && claim.paysPayout ? [requireUnchanged(payouts, bound)] : []),
    ],
  })
  if (refused) return 'changed'
  return context.storage.get(swapClaims, [identity.publicKey, row.id, row.claims + 1])
}

/** The provider's half, within its time. Whatever it says or does not say, the swap goes on. */
async function cooperate(
  pursuit: SwapPursuit,
  row: SwapRow,
  claim: UnsignedClaim,
  keys: SwapKeys,
): Promise<SignedClaim | undefined> {
  const { context, signal, follower } = pursuit
  const provider = pursuit.providerOf(row)
  if (!provider || row.provider_id === null || !mayClaim(pursuit)) return undefined
  const { openCooperativeClaim } = await import('./kit/index.ts')
  const attempt = openCooperativeClaim(claim, keys, context.random.bytes(32))
  const request = {
    providerId: row.provider_id,
    transaction: attempt.transaction,
    inputIndex: 0,
    publicNonce: attempt.publicNonce,
    preimage: Buffer.from(keys.preimage).toString('hex'),
  }
  let says: string
  try {
    const ask = (until: AbortSignal): Promise<unknown> =>
      provider.requestClaimSignature(request, until)
    const answer = await askProvider(context, provider.name, ask, signal)
    const done = attempt.complete(answer)
    if (done.ok) return done.signed
    says = done.refusal.says
  } catch (error) {
    says = error instanceof Error ? error.message : String(error)
  }
  follower.sight.refusals++
  context.logger.info('a provider does not help with a claim; the script needs nobody', {
    swap: row.id,
    provider: row.provider,
    // Whoever answers may repeat what was asked.
    says: says.replaceAll(request.preimage, '(preimage)').slice(0, 200),
  })
  return undefined
}

/** False: the network does not take it (now). */
async function publish(pursuit: SwapPursuit, claim: ClaimRow): Promise<boolean> {
  const { context } = pursuit
  const { onchain } = context.lightning
  if (!onchain || !mayClaim(pursuit)) return false
  try {
    await onchain.publish(claim.raw, swapLabel(claim.swap))
    return true
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.refused')) throw error
    context.logger.warn('a claim is refused by the network', {
      swap: claim.swap,
      claim: claim.number,
      says: error.message,
    })
    return false
  }
}
