import { sha256 } from '@noble/hashes/sha2.js'
import type { Identity } from '../../context.ts'
import { readAddress } from '../../domain/onchain-address.ts'
import type { PurposeKey } from '../../keys.ts'
import { buildReverseTree } from './build-reverse-tree.ts'
import { checkAddress, checkKeys, checkLeaves } from './check-tree-terms.ts'
import { type ClaimKeySearch, deriveSwapKeys, type SwapKeys } from './derive-swap-keys.ts'
import { type ReadOutput, readOutput } from './read-terms.ts'
import { openSwapId } from './seal-swap-id.ts'
import { refuseTerms as no, type TermsRefusal } from './terms-refusal.ts'
import type { VerifiedSwap } from './verify-reverse-terms.ts'

/** How a lost swap is looked for. */
export interface Rescue {
  /** Where the claim pays to. */
  destinationOf(paymentHash: string): string
  readonly claimKeys: ClaimKeySearch
  /** The claim key that the provider names is tried first. */
  readonly claimIndex: number | undefined
  /** Then those with an index below this. */
  readonly claimIndexEnd: number
}

export type Restoration =
  | { readonly ok: true; readonly verified: VerifiedSwap; readonly keys: SwapKeys }
  | { readonly ok: false; readonly refusal: TermsRefusal }

/**
 * Makes a swap that a provider's restore call tells of claimable again, from the swap key alone: the
 * id is in its metadata, the claim key in its claim leaf. Nothing is paid any more, so that neither
 * invoice nor price are looked at, and whatever is locked up is worth claiming; that the output is
 * ours is checked as ever. `metadata-unreadable` is also what an operator gets whose provider dropped
 * the metadata: without the id there is no preimage.
 */
export async function restoreSwap(
  key: PurposeKey,
  identity: Identity,
  rawTerms: unknown,
  rescue: Rescue,
): Promise<Restoration> {
  const reading = readOutput(rawTerms)
  if (!reading.ok) return refused(no('terms-malformed', reading.field, reading.says))
  const { terms } = reading
  const { network } = identity
  const swapId = openSwapId(key, identity, terms.metadata ?? '')
  if (swapId === undefined)
    return refused(no('metadata-unreadable', 'metadata', 'it holds no swap id of this key'))
  const { claimKeys, claimIndexEnd: end } = rescue
  const claimIndex = await claimKeys.find(claimKeyIn(terms), { named: rescue.claimIndex, end })
  if (claimIndex === undefined) {
    const says = `it holds none of the first ${end} claim keys`
    return refused(no('claim-key-unknown', 'claimLeaf', says))
  }
  const keys = deriveSwapKeys(key, identity, { swapId, claimIndex })
  const { paymentHash, claimPublicKey } = keys
  const early = checkKeys({ claimPublicKey }, terms)
  if (early) return refused(early)
  const { providerId, refundPublicKey, timeoutHeight, lockupAddress } = terms
  const tree = buildReverseTree({ paymentHash, claimPublicKey, refundPublicKey, timeoutHeight })
  const refusal = checkLeaves(tree, terms) ?? checkAddress(tree, { network }, terms)
  if (refusal) return refused(refusal)
  const destination = readAddress(rescue.destinationOf(paymentHash), network, sha256)
  if (!destination.isPayable)
    return refused(no('destination-refused', 'destination', destination.says))
  const verified: VerifiedSwap = {
    network,
    providerId,
    invoice: '',
    paymentHash,
    claimPublicKey,
    refundPublicKey,
    timeoutHeight,
    amountSat: 0n,
    onchainAmountSat: 1n,
    lockupAddress,
    destination: { address: destination.address, script: destination.script },
    tree,
  }
  return { ok: true, verified, keys }
}

/** The claim leaf ends with the key and OP_CHECKSIG. */
function claimKeyIn({ leaves }: ReadOutput): string {
  return leaves.get('claimLeaf')?.script.slice(-66, -2) ?? ''
}

function refused(refusal: TermsRefusal): Restoration {
  return { ok: false, refusal }
}
