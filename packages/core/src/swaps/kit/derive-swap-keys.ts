import { HDKey } from '@scure/bip32'
import type { Identity } from '../../context.ts'
import { deriveSecret, hex, type PurposeKey, sha256Hex } from '../../keys.ts'

/** Which swap: the random id that its preimage comes from, and the place of its claim key. */
export interface SwapKeyPlace {
  /** 128 random bits, 32 hex digits; never a counter (money rule 11). */
  readonly swapId: string
  /**
   * 0 to 2³¹ − 1. Restore calls look for a row of keys with small gaps, so that it is counted up per server: the same
   * index at two of them is the same claim key, never the same preimage.
   */
  readonly claimIndex: number
}

/** What a swap is claimed with. The secrets are not enumerable: no log and no JSON shows them. */
export interface SwapKeys extends SwapKeyPlace {
  /** The public short name of the swap key. */
  readonly keyId: string
  /** SHA-256 of the preimage, hex. */
  readonly paymentHash: string
  /** 33 bytes, compressed, hex. */
  readonly claimPublicKey: string
  /** Secret; 32 bytes. */
  readonly preimage: Uint8Array
  /** Secret; 32 bytes. */
  readonly claimPrivateKey: Uint8Array
}

/**
 * Below the extended key that a restore call is given, Boltz' servers look at this unhardened path by
 * default (`POST /swap/restore`), and number the keys behind it.
 */
const restorePath = 'm/44/0/0/0'

/** The same id and index give the same keys on every machine. Throws `RangeError` for a place that is none. */
export function deriveSwapKeys(
  key: PurposeKey,
  identity: Identity,
  { swapId, claimIndex }: SwapKeyPlace,
): SwapKeys {
  if (!/^[0-9a-f]{32}$/.test(swapId)) throw new RangeError('A swap id is 32 hex digits.')
  if (!isClaimIndex(claimIndex))
    throw new RangeError('The index of a claim key is an integer from 0 to 2^31 - 1.')
  const preimage = deriveSecret(key.secret, labelOf('swap-preimage', identity), swapId)
  const claim = claimTree(key, identity).numbered.deriveChild(claimIndex)
  const secret = (value: Uint8Array): PropertyDescriptor => ({ value, enumerable: false })
  const keys = {
    swapId,
    claimIndex,
    keyId: key.keyId,
    paymentHash: sha256Hex(preimage),
    claimPublicKey: hex(claim.publicKey!),
  }
  return Object.freeze(
    Object.defineProperties(keys as SwapKeys, {
      preimage: secret(preimage),
      claimPrivateKey: secret(claim.privateKey!),
    }),
  )
}

/**
 * The extended public key for a provider's restore call. It tells that operator which swaps are ours;
 * with one claim key's private half it would give away all of them, so that those never leave.
 */
export function swapExtendedPublicKey(key: PurposeKey, identity: Identity): string {
  return claimTree(key, identity).root.publicExtendedKey
}

/** Says which of our claim keys one is. What was derived once is kept, so that many swaps cost one search. */
export interface ClaimKeySearch {
  /**
   * The index of the claim key with this x coordinate (hex): `named` when it is that one, else the one below `end`;
   * undefined when there is none.
   */
  find(
    xOnlyPublicKey: string,
    where: { readonly named: number | undefined; readonly end: number },
  ): Promise<number | undefined>
}

/** Keys that are derived before others have their turn: some 20 milliseconds of one CPU. */
const inOneTurn = 20

/** Derives nothing yet. `giveTurn`: lets the rest of the process go on; asked for again and again. */
export function searchClaimKeys(
  key: PurposeKey,
  identity: Identity,
  giveTurn: () => Promise<void>,
): ClaimKeySearch {
  const { numbered } = claimTree(key, identity)
  const xOnlyAt = (index: number): string => hex(numbered.deriveChild(index).publicKey!).slice(2)
  /** All from 0 on, by their x coordinate. */
  const known = new Map<string, number>()
  return {
    async find(xOnlyPublicKey, { named, end }) {
      if (named !== undefined && isClaimIndex(named) && xOnlyAt(named) === xOnlyPublicKey)
        return named
      while (!known.has(xOnlyPublicKey) && known.size < end) {
        const until = Math.min(end, known.size + inOneTurn)
        while (known.size < until) known.set(xOnlyAt(known.size), known.size)
        await giveTurn()
      }
      const index = known.get(xOnlyPublicKey)
      return index !== undefined && index < end ? index : undefined
    },
  }
}

function isClaimIndex(index: number): boolean {
  return Number.isSafeInteger(index) && index >= 0 && index < 2 ** 31
}

interface ClaimTree {
  readonly root: HDKey
  readonly numbered: HDKey
}

/** The path above the numbers is the same for all swaps, so it is walked once. */
const claimTrees = new WeakMap<Uint8Array, Map<string, ClaimTree>>()

function claimTree(key: PurposeKey, identity: Identity): ClaimTree {
  const label = labelOf('swap-claim', identity)
  const known = claimTrees.get(key.secret) ?? new Map<string, ClaimTree>()
  claimTrees.set(key.secret, known)
  const tree = known.get(label) ?? growTree(deriveSecret(key.secret, label, ''))
  known.set(label, tree)
  return tree
}

function growTree(seed: Uint8Array): ClaimTree {
  const root = HDKey.fromMasterSeed(seed)
  return { root, numbered: root.derive(restorePath) }
}

function labelOf(purpose: string, { network, publicKey }: Identity): string {
  return `v1/${purpose}/${network}/${publicKey}`
}
