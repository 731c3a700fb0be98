import { createHash } from 'node:crypto'
import { encodeInvoice } from '../network/bolt11-invoice.ts'
import type { BoltzSwap, ServerContext } from './server-context.ts'

/** The invoice of a new swap. */
export interface MadeInvoice {
  readonly invoice: string
  /** The server's own node has it, under the hash of the swap or of `stolenWith`. */
  readonly isOurs: boolean
  readonly stolenWith?: BoltzSwap['stolenWith']
  readonly minerFeeInvoice?: string
}

/** What it shall say when it is honest. */
export interface InvoiceWanted {
  readonly paymentHash: string
  readonly amountSat: number
  readonly expirySeconds: number
  readonly minFinalCltv: number
}

/** The hold invoice of a swap, or whatever a fault makes of it. */
export async function makeInvoice(
  context: ServerContext,
  wanted: InvoiceWanted,
): Promise<MadeInvoice> {
  const { faults, lightning, random, swaps } = context
  const own = faults.strike('invoice-other-hash') ? ownPreimage(random) : undefined
  const terms = {
    paymentHash: own?.paymentHash ?? wanted.paymentHash,
    amountMsat: amountMsatOf(context, wanted.amountSat),
    memo: 'Send to BTC address',
    expirySeconds: faults.strike('invoice-expires-at-once') ? 1 : wanted.expirySeconds,
    minFinalCltv: faults.strike('invoice-huge-cltv') ? 2016 : wanted.minFinalCltv,
  }
  if (faults.strike('invoice-expired')) {
    return { invoice: forge(context, terms, 'expired'), isOurs: false }
  }
  if (faults.strike('invoice-other-network')) {
    return { invoice: forge(context, terms, 'mainnet'), isOurs: false }
  }
  const earlier = swaps.at(-1)
  if (earlier && faults.strike('invoice-reused')) {
    return { invoice: earlier.invoice, isOurs: false }
  }
  const { clientLightning } = context
  if (clientLightning && faults.strike('invoice-own-node')) {
    return { invoice: await clientLightning.addHoldInvoice(terms), isOurs: false }
  }
  const invoice = await lightning.addHoldInvoice(terms)
  const damaged = faults.strike('invoice-damaged')
    ? invoice.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q'))
    : invoice
  const extra = faults.strike('miner-fee-invoice') ? ownPreimage(random) : undefined
  return {
    invoice: damaged,
    isOurs: true,
    ...(own && { stolenWith: own }),
    ...(extra && {
      minerFeeInvoice: await lightning.addHoldInvoice({
        ...terms,
        paymentHash: extra.paymentHash,
        amountMsat: 5_000_000n,
        memo: 'Miner fee',
      }),
    }),
  }
}

function amountMsatOf({ faults }: ServerContext, amountSat: number): bigint | null {
  const honest = BigInt(amountSat) * 1000n
  if (faults.strike('invoice-without-amount')) return null
  if (faults.strike('invoice-larger')) return (honest * 11n) / 10n
  if (faults.strike('invoice-smaller')) return (honest * 9n) / 10n
  return faults.strike('invoice-off-by-msat') ? honest + 1n : honest
}

function ownPreimage(random: (bytes: number) => Uint8Array): {
  readonly preimage: string
  readonly paymentHash: string
} {
  const preimage = Buffer.from(random(32))
  const paymentHash = createHash('sha256').update(preimage).digest('hex')
  return { preimage: preimage.toString('hex'), paymentHash }
}

/** An invoice that no node would give out, signed by a key that has no node. */
function forge(
  { chain, clock, random }: ServerContext,
  terms: Parameters<ServerContext['lightning']['addHoldInvoice']>[0],
  how: 'expired' | 'mainnet',
): string {
  const hourAgo = clock.now() - terms.expirySeconds * 1000 - 3_600_000
  return encodeInvoice(
    {
      ...terms,
      network: how === 'mainnet' ? 'mainnet' : chain.network,
      createdAt: Math.floor((how === 'expired' ? hourAgo : clock.now()) / 1000) * 1000,
      paymentSecret: Buffer.from(random(32)).toString('hex'),
      routeHints: [],
    },
    random(32),
  )
}
