import { createHash, createHmac } from 'node:crypto'
import { createBase58check } from '@scure/base'
import * as curve from 'tiny-secp256k1'
import { BoltzRefusal, type BoltzSwap, type ServerContext } from './server-context.ts'

const defaultPath = 'm/44/0/0/0'
const defaultGap = 50
const largestGap = 150
const base58 = createBase58check((bytes: Uint8Array) => createHash('sha256').update(bytes).digest())

/** `POST /swap/restore`: the swaps of an extended public key, or of single claim keys. */
export function restoreSwaps(context: ServerContext, body: unknown): readonly object[] {
  if (context.faults.strike('restore-empty')) return []
  return findByKeys(context, body).map(({ swap, keyIndex }) => show(context, swap, keyIndex))
}

/** `POST /swap/restore/index`: the highest index of a key that has a swap; -1: none has. */
export function restoreIndex(context: ServerContext, body: unknown): { readonly index: number } {
  if (context.faults.strike('restore-empty')) return { index: -1 }
  return { index: Math.max(-1, ...findByKeys(context, body).map(({ keyIndex }) => keyIndex)) }
}

interface FoundSwap {
  readonly swap: BoltzSwap
  readonly keyIndex: number
}

function findByKeys({ swaps }: ServerContext, body: unknown): FoundSwap[] {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const { xpub, publicKey, publicKeys } = fields
  if (typeof xpub === 'string') return findByExtendedKey(swaps, xpub, fields)
  const keys = Array.isArray(publicKeys) ? publicKeys : [publicKey]
  if (keys.some((key) => typeof key !== 'string')) throw new BoltzRefusal('no key was given')
  return keys.flatMap((key, keyIndex) =>
    swaps
      .filter(({ claimPublicKey }) => claimPublicKey === String(key).toLowerCase())
      .map((swap) => ({ swap, keyIndex })),
  )
}

function findByExtendedKey(
  swaps: readonly BoltzSwap[],
  xpub: string,
  { derivationPath = defaultPath, gapLimit = defaultGap }: Record<string, unknown>,
): FoundSwap[] {
  const gap = Number(gapLimit)
  if (!(gap >= 1 && gap <= largestGap)) throw new BoltzRefusal('invalid gap limit')
  const branch = String(derivationPath)
    .split('/')
    .slice(1)
    .map(Number)
    .reduce(deriveChild, readExtendedKey(xpub))
  const found: FoundSwap[] = []
  for (let index = 0, unused = 0; unused < gap; index++) {
    const key = Buffer.from(deriveChild(branch, index).point).toString('hex')
    const swap = swaps.filter(({ claimPublicKey }) => claimPublicKey === key)
    unused = swap.length > 0 ? 0 : unused + 1
    found.push(...swap.map((one) => ({ swap: one, keyIndex: index })))
  }
  return found
}

interface ExtendedKey {
  readonly chainCode: Uint8Array
  readonly point: Uint8Array
}

function readExtendedKey(xpub: string): ExtendedKey {
  try {
    const bytes = base58.decode(xpub)
    const point = bytes.subarray(45)
    if (bytes.length === 78 && curve.isPoint(point)) {
      return { chainCode: bytes.subarray(13, 45), point }
    }
  } catch {
    // The same as what is base58 and no key.
  }
  throw new BoltzRefusal('invalid xpub')
}

/** CKDpub of BIP32; hardened children have no public derivation. */
function deriveChild({ chainCode, point }: ExtendedKey, index: number): ExtendedKey {
  if (!Number.isInteger(index) || index < 0 || index >= 0x80000000) {
    throw new BoltzRefusal('invalid derivation path')
  }
  const place = Buffer.alloc(4)
  place.writeUInt32BE(index)
  const hash = createHmac('sha512', chainCode).update(point).update(place).digest()
  const child = curve.pointAddScalar(point, hash.subarray(0, 32), true)
  if (!child) throw new BoltzRefusal('this child has no key')
  return { chainCode: hash.subarray(32), point: child }
}

function show({ faults, random }: ServerContext, swap: BoltzSwap, keyIndex: number): object {
  const { lockup, told } = swap
  const honest = {
    id: swap.id,
    type: 'reverse',
    status: swap.status,
    createdAt: Math.floor(swap.createdAt / 1000),
    from: 'BTC',
    to: 'BTC',
    preimageHash: swap.paymentHash,
    invoice: swap.invoice,
    claimDetails: {
      type: 'utxo',
      tree: told.swapTree,
      amount: swap.onchainAmountSat,
      keyIndex,
      ...(lockup && { transaction: { id: lockup.transactionId, vout: lockup.outputIndex } }),
      lockupAddress: told.lockupAddress,
      serverPublicKey: told.refundPublicKey,
      timeoutBlockHeight: told.timeoutBlockHeight,
    },
    ...(swap.metadata !== undefined && {
      metadata: faults.strike('metadata-altered')
        ? Buffer.from(random(swap.metadata.length / 2)).toString('hex')
        : swap.metadata,
    }),
  }
  if (!faults.strike('restore-lies')) return honest
  const hash = Buffer.from(random(32)).toString('hex')
  const other = {
    ...honest.claimDetails,
    serverPublicKey: swap.claimPublicKey,
    timeoutBlockHeight: 1,
  }
  return { ...honest, preimageHash: hash, claimDetails: other }
}
