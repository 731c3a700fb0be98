import * as curve from 'tiny-secp256k1'
import type { BoltzSwap, ServerContext } from './server-context.ts'
import {
  claimScript,
  honestTree,
  keyScript,
  merkleRoot,
  refundScript,
  type SwapTree,
  segwitAddress,
  taprootScript,
  tapscriptVersion,
} from './swap-tree.ts'

/** The on-chain side of a new swap: what is true, and what is told. */
export interface MadeTerms
  extends Pick<
    BoltzSwap,
    | 'tree'
    | 'publicKeys'
    | 'internalKey'
    | 'parity'
    | 'script'
    | 'takeBack'
    | 'timeoutHeight'
    | 'publicKey'
    | 'secretKey'
  > {
  readonly told: {
    readonly swapTree: unknown
    readonly lockupAddress: string
    readonly refundPublicKey: string
    readonly timeoutBlockHeight: number
  }
}

/** Makes key, tree and address of a swap, or whatever faults make of them. */
export async function makeTerms(
  context: ServerContext,
  { paymentHash, claimPublicKey }: { paymentHash: string; claimPublicKey: string },
): Promise<MadeTerms> {
  const { faults, chain, signer } = context
  const { secretKey, publicKey } = makeKey(context)
  const timeoutHeight = (await chain.height()) + timeoutBlocks(context)
  const honest = honestTree({
    paymentHash,
    claimPublicKey,
    refundPublicKey: publicKey,
    timeoutHeight,
  })
  const { told, real, takeBack } = twistTree(context, honest, {
    claimPublicKey,
    paymentHash,
    publicKey,
    timeoutHeight,
  })
  const publicKeys = faults.strike('key-order-swapped')
    ? [claimPublicKey, publicKey]
    : [publicKey, claimPublicKey]
  const root = faults.strike('key-untweaked') ? '' : merkleRoot(real)
  const { internalKey, outputKey, parity } = await signer.aggregate({
    publicKeys,
    merkleRoot: root,
  })
  const script = taprootScript(outputKey)
  return {
    secretKey,
    publicKey,
    tree: real,
    publicKeys,
    internalKey,
    parity,
    script,
    takeBack,
    timeoutHeight,
    told: {
      swapTree: told,
      lockupAddress: addressToTell(context, script, publicKey),
      refundPublicKey: keyToTell(context, publicKey, claimPublicKey),
      timeoutBlockHeight: timeoutHeight,
    },
  }
}

function makeKey({ random }: Pick<ServerContext, 'random'>): {
  readonly secretKey: string
  readonly publicKey: string
} {
  for (;;) {
    const secret = random(32)
    const point = curve.isPrivate(secret) ? curve.pointFromScalar(secret, true) : null
    if (point) {
      return {
        secretKey: Buffer.from(secret).toString('hex'),
        publicKey: Buffer.from(point).toString('hex'),
      }
    }
  }
}

function timeoutBlocks({ faults, settings }: ServerContext): number {
  if (faults.strike('timeout-near')) return 10
  if (faults.strike('timeout-passed')) return -10
  return faults.strike('timeout-far') ? 4032 : settings.timeoutBlocks
}

interface TwistedTree {
  readonly told: unknown
  readonly real: SwapTree
  readonly takeBack: BoltzSwap['takeBack']
}

function twistTree(
  context: ServerContext,
  honest: SwapTree,
  terms: {
    readonly paymentHash: string
    readonly claimPublicKey: string
    readonly publicKey: string
    readonly timeoutHeight: number
  },
): TwistedTree {
  const { faults, random } = context
  const { paymentHash, claimPublicKey, publicKey, timeoutHeight } = terms
  const later = { leaf: 'refundLeaf', fromHeight: timeoutHeight } as const
  const leaf = (output: string, version = tapscriptVersion) => ({ version, output })
  const same = (real: SwapTree, takeBack: BoltzSwap['takeBack'] = later): TwistedTree => ({
    told: real,
    real,
    takeBack,
  })
  const claim = (output: string, version?: number): TwistedTree =>
    same({ ...honest, claimLeaf: leaf(output, version) })
  const otherKey = (): string => makeKey(context).publicKey

  if (faults.strike('claim-leaf-other-hash')) {
    return claim(claimScript(Buffer.from(random(32)).toString('hex'), claimPublicKey))
  }
  if (faults.strike('claim-leaf-other-key')) return claim(claimScript(paymentHash, otherKey()))
  if (faults.strike('claim-leaf-without-size')) {
    return claim(claimScript(paymentHash, claimPublicKey, { checksSize: false }))
  }
  if (faults.strike('claim-leaf-other-version')) return claim(honest.claimLeaf.output, 0xc2)
  if (faults.strike('refund-leaf-other-key')) {
    return same({ ...honest, refundLeaf: leaf(refundScript(otherKey(), timeoutHeight)) })
  }
  if (faults.strike('refund-leaf-without-timeout')) {
    const now = { leaf: 'refundLeaf', fromHeight: 0 } as const
    return same({ ...honest, refundLeaf: leaf(keyScript(publicKey)) }, now)
  }
  if (faults.strike('refund-leaf-early-timeout')) {
    const fromHeight = timeoutHeight - 100
    const refundLeaf = leaf(refundScript(publicKey, fromHeight))
    return same({ ...honest, refundLeaf }, { leaf: 'refundLeaf', fromHeight })
  }
  if (faults.strike('leaves-swapped')) {
    const told = { claimLeaf: honest.refundLeaf, refundLeaf: honest.claimLeaf }
    return { told, real: honest, takeBack: later }
  }
  if (faults.strike('leaf-missing')) {
    return { told: { claimLeaf: honest.claimLeaf }, real: honest, takeBack: later }
  }
  const withExtra = { ...honest, extraLeaf: leaf(keyScript(publicKey)) }
  const atOnce = { leaf: 'extraLeaf', fromHeight: 0 } as const
  if (faults.strike('extra-leaf')) {
    const { extraLeaf, ...others } = withExtra
    return { told: { ...others, covenantClaimLeaf: extraLeaf }, real: withExtra, takeBack: atOnce }
  }
  if (faults.strike('extra-leaf-hidden')) {
    return { told: honest, real: withExtra, takeBack: atOnce }
  }
  if (faults.strike('address-other-tree')) {
    const real = { ...honest, refundLeaf: leaf(keyScript(publicKey)) }
    return { told: honest, real, takeBack: { leaf: 'refundLeaf', fromHeight: 0 } }
  }
  return same(honest)
}

function addressToTell(
  { faults, chain }: ServerContext,
  script: Uint8Array,
  publicKey: string,
): string {
  const { network } = chain
  if (faults.strike('address-p2wsh')) return segwitAddress(asWitnessScriptHash(script), network)
  if (faults.strike('address-server-key')) {
    return segwitAddress(taprootScript(publicKey.slice(2)), network)
  }
  if (faults.strike('address-other-network')) return segwitAddress(script, 'mainnet')
  const honest = segwitAddress(script, network)
  return faults.strike('address-malformed')
    ? honest.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q'))
    : honest
}

/** P2WSH with the same 32 bytes: nobody knows a script of that hash. */
export function asWitnessScriptHash(taproot: Uint8Array): Uint8Array {
  return Uint8Array.from([0, ...taproot.subarray(1)])
}

function keyToTell(context: ServerContext, publicKey: string, claimPublicKey: string): string {
  const { faults } = context
  if (faults.strike('refund-key-is-claim-key')) return claimPublicKey
  if (faults.strike('refund-key-other')) return makeKey(context).publicKey
  // x = 5 is on no point of secp256k1.
  return faults.strike('refund-key-not-on-curve') ? `02${'5'.padStart(64, '0')}` : publicKey
}
