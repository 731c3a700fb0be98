import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { RawTx, SigHash, Transaction } from '@scure/btc-signer'
import { dustLimitSat, outputTypeOf } from '../../domain/transaction-size.ts'
import { leafVersion } from './build-reverse-tree.ts'
import { type ClaimPath, claimVirtualBytes } from './claim-size.ts'
import { readTransaction } from './read-transaction.ts'
import type { Lockup } from './verify-lockup.ts'
import type { VerifiedSwap } from './verify-reverse-terms.ts'

/** What a claim pays to a partner, exactly. */
export interface ClaimedPayout {
  readonly script: Uint8Array
  readonly amountSat: bigint
}

/** A claim to build: one input; one output, or a payout and the rest. */
export interface ClaimPlan {
  readonly verified: VerifiedSwap
  /**
   * Paid first; the rest goes to the destination of `verified`, or to the fee when it is dust. Once the preimage is
   * known and the fee would take of it, all goes to the destination instead.
   */
  readonly payout?: ClaimedPayout
  readonly lockup: Lockup
  readonly path: ClaimPath
  /** sat/vB. */
  readonly feerate: number
  /** Once the preimage is known, the fee may take all that is claimed but the smallest relayable output. */
  readonly isRevealed: boolean
  /** Before that, the most that the claim may cost. */
  readonly maximumFeeSat: bigint
  /** The dearest claim that was published so far; the new one must be able to replace it (BIP125). */
  readonly replaces?: { readonly feeSat: bigint; readonly virtualBytes: number }
}

/** A claim without its witness, so that its id is known before it is signed. */
export interface UnsignedClaim {
  readonly verified: VerifiedSwap
  readonly lockup: Lockup
  readonly path: ClaimPath
  /** Hex, without witness. */
  readonly transaction: string
  readonly txid: string
  /** What is signed (BIP341, SIGHASH_DEFAULT). */
  readonly signatureHash: Uint8Array
  readonly feeSat: bigint
  /** Of the signed transaction. */
  readonly virtualBytes: number
  /** What the destination gets; 0n when the rest beside a payout is dust. */
  readonly outputSat: bigint
  readonly paysPayout: boolean
  /** The feerate asked for would have cost more than there is. */
  readonly isFeeCapped: boolean
}

export type ClaimRefusalReason =
  | 'lockup-too-small'
  | 'fee-above-limit'
  | 'output-below-dust'
  | 'payout-unaffordable'
  | 'replacement-unaffordable'

export type ClaimBuild =
  | { readonly ok: true; readonly claim: UnsignedClaim }
  | {
      readonly ok: false
      readonly refusal: { readonly reason: ClaimRefusalReason; readonly says: string }
    }

/** Can be replaced, and holds no lock time back (BIP125). */
const replaceable = 0xfffffffd
/** sat/vB that a replacement pays for its own relay, on top of what it replaces (BIP125 rule 4). */
const relayFeerate = 1

/** Builds a claim of a lockup, or says why there is none worth publishing. */
export function buildClaim(plan: ClaimPlan): ClaimBuild {
  const { verified, lockup, path } = plan
  if (!(plan.feerate > 0 && Number.isFinite(plan.feerate)))
    throw new RangeError('A feerate is a positive number of sat/vB.')
  if (lockup.valueSat < verified.onchainAmountSat)
    return no('lockup-too-small', `${lockup.valueSat} sat are less than what was agreed`)
  const beside = plan.payout && chooseBeside(plan, plan.payout)
  // Whatever becomes of the payout: once the preimage is known, the lockup must be claimed.
  const shape = beside && ('feeSat' in beside || !plan.isRevealed) ? beside : chooseAlone(plan)
  if (!('feeSat' in shape)) return shape
  const { outputs, ...rest } = shape
  const transaction = unsignedTransaction(verified, lockup, outputs)
  const bytes = transaction.toBytes(true, false)
  const claim: UnsignedClaim = {
    verified,
    lockup,
    path,
    transaction: bytesToHex(bytes),
    txid: readTransaction(bytesToHex(bytes))!.txid,
    signatureHash: signatureHash(transaction, verified, lockup, path),
    ...rest,
  }
  return { ok: true, claim }
}

interface Output {
  readonly script: Uint8Array
  readonly amount: bigint
}

/** What a claim pays, and what it costs. */
interface Shape {
  readonly outputs: readonly Output[]
  readonly outputSat: bigint
  readonly paysPayout: boolean
  readonly feeSat: bigint
  readonly isFeeCapped: boolean
  readonly virtualBytes: number
}

/** All of it to the destination. */
function chooseAlone(plan: ClaimPlan): Shape | Refused {
  const { script } = plan.verified.destination
  const virtualBytes = claimVirtualBytes(plan.path, [script])
  const fee = chooseFee(plan, virtualBytes)
  if (!('feeSat' in fee)) return fee
  const outputSat = plan.lockup.valueSat - fee.feeSat
  const outputs = [{ script, amount: outputSat }]
  return { outputs, outputSat, paysPayout: false, ...fee, virtualBytes }
}

/** The payout whole, and the fee out of the rest. */
function chooseBeside(plan: ClaimPlan, { script, amountSat }: ClaimedPayout): Shape | Refused {
  const { destination } = plan.verified
  // Whatever its address: an output that nobody relays would keep the claim from every block.
  if (amountSat < dustLimitSat('p2pkh'))
    return no('payout-unaffordable', `an output of ${amountSat} sat would not be relayed`)
  const restSat = plan.lockup.valueSat - amountSat
  const payout = { script, amount: amountSat }
  const feeOf = (virtualBytes: number): bigint => {
    const wanted = feeAt(plan.feerate, virtualBytes)
    const least = plan.replaces ? replacementFee(plan.replaces, virtualBytes) : 0n
    return wanted > least ? wanted : least
  }
  const both = claimVirtualBytes(plan.path, [script, destination.script])
  const feeSat = feeOf(both)
  const limitSat = plan.isRevealed ? plan.lockup.valueSat : plan.maximumFeeSat
  if (feeSat > limitSat)
    return no('fee-above-limit', `the claim would cost ${feeSat} sat, limit ${limitSat} sat`)
  const shared = { paysPayout: true, isFeeCapped: false }
  const outputSat = restSat - feeSat
  if (outputSat >= dustLimitSat(outputTypeOf(destination.address))) {
    const outputs = [payout, { script: destination.script, amount: outputSat }]
    return { ...shared, outputs, outputSat, feeSat, virtualBytes: both }
  }
  // Too little for an output of its own: all of it is the fee, if that is enough.
  const alone = claimVirtualBytes(plan.path, [script])
  if (restSat >= feeOf(alone) && restSat <= limitSat) {
    const outputs = [payout]
    return { ...shared, outputs, outputSat: 0n, feeSat: restSat, virtualBytes: alone }
  }
  return no('payout-unaffordable', `${restSat} sat beside the payout do not pay for the claim`)
}

function chooseFee(
  plan: ClaimPlan,
  virtualBytes: number,
): { readonly feeSat: bigint; readonly isFeeCapped: boolean } | Refused {
  const dust = dustLimitSat(outputTypeOf(plan.verified.destination.address))
  const affordable = plan.lockup.valueSat - dust
  const wanted = feeAt(plan.feerate, virtualBytes)
  const least = plan.replaces ? replacementFee(plan.replaces, virtualBytes) : 0n
  const fee = wanted > least ? wanted : least
  if (affordable <= 0n) return no('output-below-dust', 'what is left would not be relayed')
  if (!plan.isRevealed) {
    if (fee > plan.maximumFeeSat)
      return no(
        'fee-above-limit',
        `the claim would cost ${fee} sat, limit ${plan.maximumFeeSat} sat`,
      )
    if (fee > affordable) return no('output-below-dust', 'what is left would not be relayed')
    return { feeSat: fee, isFeeCapped: false }
  }
  if (least > affordable)
    return no('replacement-unaffordable', `a replacement costs at least ${least} sat`)
  return fee > affordable
    ? { feeSat: affordable, isFeeCapped: true }
    : { feeSat: fee, isFeeCapped: false }
}

/** Higher fee by its own relay, and a higher feerate. */
function replacementFee(
  replaced: { readonly feeSat: bigint; readonly virtualBytes: number },
  virtualBytes: number,
): bigint {
  const byRelay = replaced.feeSat + feeAt(relayFeerate, virtualBytes)
  const byFeerate = (replaced.feeSat * BigInt(virtualBytes)) / BigInt(replaced.virtualBytes) + 1n
  return byRelay > byFeerate ? byRelay : byFeerate
}

function feeAt(feerate: number, virtualBytes: number): bigint {
  // More than there is in the world: a feerate without reason must not stop a claim that is due.
  return BigInt(Math.min(Math.ceil(feerate * virtualBytes), Number.MAX_SAFE_INTEGER))
}

function unsignedTransaction(
  { tree }: VerifiedSwap,
  { txid, vout, valueSat }: Lockup,
  outputs: readonly Output[],
): Transaction {
  const transaction = new Transaction({ version: 2, lockTime: 0 })
  transaction.addInput({
    txid,
    index: vout,
    sequence: replaceable,
    witnessUtxo: { script: tree.script, amount: valueSat },
  })
  for (const output of outputs) transaction.addOutput(output)
  return transaction
}

function signatureHash(
  transaction: Transaction,
  { tree }: VerifiedSwap,
  { valueSat }: Lockup,
  path: ClaimPath,
): Uint8Array {
  const spent: [number, Uint8Array[], number, bigint[]] = [
    0,
    [tree.script],
    SigHash.DEFAULT,
    [valueSat],
  ]
  return path === 'cooperative'
    ? transaction.preimageWitnessV1(...spent)
    : transaction.preimageWitnessV1(...spent, undefined, tree.claimLeaf, leafVersion)
}

/** The claim's bytes with its witness, hex. */
export function attachWitness(claim: UnsignedClaim, witness: readonly Uint8Array[]): string {
  const unsigned = RawTx.decode(hexToBytes(claim.transaction))
  return bytesToHex(RawTx.encode({ ...unsigned, segwitFlag: true, witnesses: [[...witness]] }))
}

type Refused = Extract<ClaimBuild, { ok: false }>

function no(reason: ClaimRefusalReason, says: string): Refused {
  return { ok: false, refusal: { reason, says } }
}
