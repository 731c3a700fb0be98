import { createHash } from 'node:crypto'
import { Transaction } from 'bitcoinjs-lib'
import type { SignedHalf } from './ports.ts'
import { BoltzRefusal, type BoltzSwap, type ServerContext } from './server-context.ts'
import { merkleRoot } from './swap-tree.ts'
import { takeBack } from './take-back.ts'
import { settleBy } from './tend-swap.ts'

const eligible = ['transaction.mempool', 'transaction.confirmed', 'invoice.settled']
const curveOrder = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'

/** `POST /swap/reverse/{id}/claim`: settles the invoice first, then signs. */
export async function signClaim(
  context: ServerContext,
  swap: BoltzSwap,
  body: unknown,
): Promise<Partial<SignedHalf> | 'never'> {
  const { faults, random } = context
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const [preimage, transaction, publicNonce] = ['preimage', 'transaction', 'pubNonce'].map((name) =>
    readHex(fields, name),
  )
  swap.claims.push({
    preimage,
    transaction,
    publicNonce,
    isNonceRepeated:
      publicNonce !== undefined && swap.claims.some((claim) => claim.publicNonce === publicNonce),
  })
  if (faults.strike('claim-refused') || !eligible.includes(swap.status)) {
    throw new BoltzRefusal(`swap not eligible for a cooperative claim: ${swap.status}`)
  }
  if (preimage === undefined && !swap.isSettled) throw new BoltzRefusal('preimage is missing')
  if (preimage !== undefined && hashOf(preimage) !== swap.paymentHash) {
    throw new BoltzRefusal('invalid preimage')
  }
  if (faults.strike('claim-unsettled')) swap.preimage = preimage ?? swap.preimage
  else await settleBy(context, swap, preimage)
  if (faults.strike('claim-keeps-preimage')) {
    // Who can take the lockup at any time does so before the client's own claim is out.
    if (swap.takeBack.fromHeight === 0 && swap.lockup && !swap.refund) await takeBack(context, swap)
    throw new BoltzRefusal('internal error', 500)
  }
  if (faults.strike('claim-silent')) return 'never'
  if (faults.strike('vanishes-after-reveal')) {
    context.isReachable = false
    return 'never'
  }
  if (transaction === undefined || publicNonce === undefined) return {}
  if (faults.strike('no-partial-signature')) return {}
  if (faults.strike('public-nonce-bad')) {
    return { publicNonce: '05'.repeat(66), partialSignature: hexOf(random(32)) }
  }
  if (faults.strike('nonce-harvest')) {
    const half = await sign(context, swap, { transaction, publicNonce, index: fields.index })
    swap.harvest ??= { ...half, partialSignature: hexOf(random(32)) }
    return swap.harvest
  }
  const half = await sign(context, swap, { transaction, publicNonce, index: fields.index })
  if (faults.strike('partial-signature-bad')) {
    return { ...half, partialSignature: `00${hexOf(random(31))}` }
  }
  return faults.strike('partial-signature-out-of-range')
    ? { ...half, partialSignature: curveOrder }
    : half
}

async function sign(
  context: ServerContext,
  swap: BoltzSwap,
  claim: { readonly transaction: string; readonly publicNonce: string; readonly index: unknown },
): Promise<SignedHalf> {
  const { faults, signer, chain } = context
  const { lockup } = swap
  if (!lockup) throw new BoltzRefusal('there is no lockup')
  const transaction = readTransaction(claim.transaction)
  const input = transaction.ins[Number(claim.index)]
  const spent = input && `${Buffer.from(input.hash).reverse().toString('hex')}:${input.index}`
  if (spent !== `${lockup.transactionId}:${lockup.outputIndex}` || transaction.ins.length !== 1) {
    throw new BoltzRefusal('the transaction does not spend the lockup')
  }
  if (faults.strike('partial-signature-other-transaction')) {
    const { value } = transaction.outs[0]!
    transaction.outs = []
    transaction.addOutput(await chain.walletScript(), value)
  }
  const message = transaction.hashForWitnessV1(
    0,
    [lockup.script],
    [lockup.amountSat],
    Transaction.SIGHASH_DEFAULT,
  )
  const root = faults.strike('partial-signature-untweaked') ? '' : merkleRoot(swap.tree)
  return signer
    .sign({
      publicKeys: swap.publicKeys,
      merkleRoot: root,
      secretKey: swap.secretKey,
      message: hexOf(message),
      theirNonce: claim.publicNonce,
    })
    .catch((error: unknown) => {
      throw new BoltzRefusal(`could not sign: ${error instanceof Error ? error.message : error}`)
    })
}

function readTransaction(hex: string): Transaction {
  try {
    return Transaction.fromHex(hex)
  } catch {
    throw new BoltzRefusal('invalid transaction')
  }
}

function readHex(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !/^(?:[0-9a-f]{2})+$/i.test(value)) {
    throw new BoltzRefusal(`invalid ${name}`)
  }
  return value.toLowerCase()
}

function hashOf(hex: string): string {
  return createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex')
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
