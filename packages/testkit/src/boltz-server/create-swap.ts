import * as curve from 'tiny-secp256k1'
import { makeInvoice } from './make-invoice.ts'
import { makeTerms } from './make-terms.ts'
import { invoiceFor, onchainFor, quotePair } from './quote-pair.ts'
import {
  BoltzRefusal,
  type BoltzSettings,
  type BoltzSwap,
  type ServerContext,
} from './server-context.ts'

/** What was asked for, read. */
interface SwapRequest {
  readonly paymentHash: string
  readonly claimPublicKey: string
  readonly invoiceSat: number
  readonly onchainSat: number
  /** It asked for the amount of the invoice, and is told what will be locked up. */
  readonly asksByInvoice: boolean
  readonly expirySeconds: number
  readonly metadata: string | undefined
}

const blockSeconds = 600
const idLetters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** `POST /swap/reverse` */
export async function createSwap(
  context: ServerContext,
  body: unknown,
): Promise<Record<string, unknown>> {
  const { faults, clock, swaps, chain } = context
  if (faults.strike('creation-refused')) throw new BoltzRefusal('insufficient liquidity')
  if (faults.strike('creation-conflict')) {
    throw new BoltzRefusal('a swap with this preimage hash exists already', 409)
  }
  const request = readRequest(context, body)
  if (swaps.some(({ paymentHash }) => paymentHash === request.paymentHash)) {
    throw new BoltzRefusal('a swap with this preimage hash exists already', 409)
  }
  const terms = await makeTerms(context, request)
  const height = await chain.height()
  const { settings } = context
  const { invoice, isOurs, stolenWith, minerFeeInvoice } = await makeInvoice(context, {
    paymentHash: request.paymentHash,
    amountSat: request.invoiceSat,
    expirySeconds: request.expirySeconds,
    minFinalCltv: Math.max(18, terms.timeoutHeight - height + settings.cltvMarginBlocks),
  })
  const { told: toldTerms, ...kept } = terms
  const told = {
    id: makeId(context),
    invoice,
    ...toldTerms,
    ...(request.asksByInvoice && tellAmount(context, request.onchainSat)),
    ...(minerFeeInvoice !== undefined && { minerFeeInvoice }),
  }
  const swap: BoltzSwap = {
    ...kept,
    id: told.id,
    createdAt: clock.now(),
    createdAtHeight: height,
    paymentHash: request.paymentHash,
    claimPublicKey: request.claimPublicKey,
    invoice,
    isInvoiceOurs: isOurs,
    invoiceAmountSat: request.invoiceSat,
    onchainAmountSat: request.onchainSat,
    expiresAt: clock.now() + request.expirySeconds * 1000,
    told,
    ...(stolenWith && { stolenWith }),
    ...(request.metadata !== undefined &&
      !faults.strike('metadata-dropped') && { metadata: request.metadata }),
    status: 'swap.created',
    history: [{ status: 'swap.created', at: clock.now() }],
    isLockupDelayed: false,
    wasReorganized: false,
    preimage: undefined,
    isSettled: false,
    claims: [],
    turn: Promise.resolve(),
  }
  swaps.push(swap)
  return garble(context, told)
}

function readRequest(context: ServerContext, body: unknown): SwapRequest {
  const { settings, faults } = context
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const { from, to, preimageHash, claimPublicKey, invoiceAmount, onchainAmount } = fields
  if (from !== 'BTC' || to !== 'BTC') throw new BoltzRefusal(`no pair ${from}/${to}`, 404)
  if (typeof preimageHash !== 'string' || !/^[0-9a-f]{64}$/i.test(preimageHash)) {
    throw new BoltzRefusal('invalid preimage hash')
  }
  if (typeof claimPublicKey !== 'string' || !isCompressedPoint(claimPublicKey)) {
    throw new BoltzRefusal('invalid claim public key')
  }
  if ((invoiceAmount === undefined) === (onchainAmount === undefined)) {
    throw new BoltzRefusal('exactly one of invoiceAmount and onchainAmount must be set')
  }
  checkPairHash(context, fields.pairHash)
  const asked = readAmount(invoiceAmount ?? onchainAmount)
  const asksByInvoice = invoiceAmount !== undefined
  const charged = faults.strike('fee-changes-after-quote')
    ? { ...settings, feePercent: settings.feePercent + 0.5 }
    : settings
  const invoiceSat = asksByInvoice ? asked : invoiceFor(asked, charged)
  checkLimits(
    invoiceSat,
    faults.strike('limits-change') ? { ...settings, maximumSat: 1000 } : settings,
  )
  const onchainSat = asksByInvoice ? onchainFor(asked, charged) : asked
  if (onchainSat < 330) throw new BoltzRefusal('onchain amount is too low')
  return {
    paymentHash: preimageHash.toLowerCase(),
    claimPublicKey: claimPublicKey.toLowerCase(),
    invoiceSat,
    onchainSat,
    asksByInvoice,
    expirySeconds: readExpiry(fields.invoiceExpiry, settings),
    metadata: readMetadata(fields.metadata),
  }
}

function isCompressedPoint(hex: string): boolean {
  return /^0[23][0-9a-f]{64}$/i.test(hex) && curve.isPoint(Buffer.from(hex, 'hex'))
}

function checkPairHash({ settings, faults }: ServerContext, hash: unknown): void {
  if (hash === undefined) return
  if (faults.strike('pair-hash-stale') || hash !== quotePair(settings).hash) {
    throw new BoltzRefusal('invalid pair hash')
  }
}

function readAmount(amount: unknown): number {
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount <= 0) {
    throw new BoltzRefusal('invalid amount')
  }
  return amount
}

function checkLimits(amountSat: number, { minimumSat, maximumSat }: BoltzSettings): void {
  if (amountSat > maximumSat) {
    throw new BoltzRefusal(`${amountSat} exceeds maximal of ${maximumSat}`)
  }
  if (amountSat < minimumSat) {
    throw new BoltzRefusal(`${amountSat} is less than minimal of ${minimumSat}`)
  }
}

/** Bounds of `invoiceExpiry`, in seconds. */
export function expiryBounds({ timeoutBlocks }: BoltzSettings): { min: number; max: number } {
  return { min: 60, max: Math.floor((timeoutBlocks * blockSeconds) / 2) }
}

function readExpiry(expiry: unknown, settings: BoltzSettings): number {
  const { min, max } = expiryBounds(settings)
  if (expiry === undefined) return max
  if (typeof expiry !== 'number' || !(expiry >= min && expiry <= max)) {
    throw new BoltzRefusal('invalid invoice expiry')
  }
  return expiry
}

/** Up to 1024 bytes in hex, or nothing. */
export function readMetadata(metadata: unknown): string | undefined {
  if (metadata === undefined || metadata === null) return undefined
  if (typeof metadata !== 'string' || !/^(?:[0-9a-f]{2}){0,1024}$/i.test(metadata)) {
    throw new BoltzRefusal('invalid metadata')
  }
  return metadata
}

function makeId({ faults, random, swaps }: ServerContext): string {
  const before = swaps.at(-1)
  if (before && faults.strike('same-id-twice')) return before.id
  if (faults.strike('hostile-id')) return '../../../admin?x=1#'
  return [...random(12)].map((byte) => idLetters[byte % idLetters.length]).join('')
}

function tellAmount({ faults }: ServerContext, onchainSat: number): { onchainAmount?: number } {
  if (faults.strike('onchain-amount-missing')) return {}
  if (faults.strike('onchain-amount-less')) return { onchainAmount: Math.floor(onchainSat * 0.9) }
  if (faults.strike('onchain-amount-more')) return { onchainAmount: Math.ceil(onchainSat * 1.1) }
  return { onchainAmount: onchainSat }
}

function garble(
  { faults }: ServerContext,
  told: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (faults.strike('wrong-types')) {
    return {
      ...told,
      onchainAmount: String(told.onchainAmount),
      invoice: [told.invoice],
      swapTree: null,
      timeoutBlockHeight: { height: told.timeoutBlockHeight },
      id: 7,
    }
  }
  if (faults.strike('negative-numbers')) {
    return { ...told, onchainAmount: -Number(told.onchainAmount), timeoutBlockHeight: -1 }
  }
  if (faults.strike('huge-numbers')) {
    return { ...told, onchainAmount: 1e300, timeoutBlockHeight: 2 ** 63 }
  }
  return { ...told }
}
