import type { SwapLimits, SwapQuote } from '@payment-node/core'
import type { Daemon } from './daemon.ts'
import { failed, refused } from './provider-failed.ts'
import { readSat } from './read-sat.ts'

/** Milliseconds: loopd's quotes have no end; the miner's part follows LND's estimate. */
const quoteLives = 60_000

export async function readLimits(daemon: Daemon, signal?: AbortSignal): Promise<SwapLimits> {
  const terms = await daemon.call('/looprpc.SwapClient/LoopOutTerms', {}, signal)
  const minimumSat = readSat(terms.min_swap_amount)
  const maximumSat = readSat(terms.max_swap_amount)
  const isUsable = minimumSat !== undefined && maximumSat !== undefined && maximumSat > 0n
  if (isUsable && minimumSat <= maximumSat) return { minimumSat, maximumSat }
  throw bad(daemon, `terms from ${terms.min_swap_amount} to ${terms.max_swap_amount} sat`)
}

/** All-in but for routing: the swap server's fee has the prepayment and the lockup in it. */
export async function quoteSwap(
  daemon: Daemon,
  amountSat: bigint,
  signal: AbortSignal | undefined,
  publicationDeadline: number,
): Promise<SwapQuote> {
  const { name, sweepTarget } = daemon.options
  if (amountSat <= 0n) throw refused(name, 'below-minimum', `${amountSat} sat cannot be swapped.`)
  const quote = await daemon.call(
    '/looprpc.SwapClient/LoopOutQuote',
    {
      amt: String(amountSat),
      conf_target: sweepTarget,
      swap_publication_deadline: unixSeconds(publicationDeadline),
    },
    signal,
  )
  const serviceSat = readSat(quote.swap_fee_sat)
  const prepaySat = readSat(quote.prepay_amt_sat)
  const claimSat = readSat(quote.htlc_sweep_fee_sat)
  const payee = quote.swap_payment_dest
  if (serviceSat === undefined || prepaySat === undefined || claimSat === undefined) {
    const { swap_fee_sat, prepay_amt_sat, htlc_sweep_fee_sat } = quote
    throw bad(daemon, `fees of ${swap_fee_sat}, ${prepay_amt_sat}, ${htlc_sweep_fee_sat} sat`)
  }
  if (prepaySat > serviceSat) {
    throw bad(daemon, `a prepayment of ${prepaySat} sat in a fee of ${serviceSat} sat`)
  }
  return {
    amountSat,
    serviceSat,
    lockupSat: 0n,
    claimSat,
    prepayAtRiskSat: prepaySat,
    ...(payee.length === 33 && { payees: [Buffer.from(payee).toString('hex')] }),
    expiresAt: Date.now() + quoteLives,
  }
}

/** loopd counts seconds, and takes thirteen digits for milliseconds: this is never that long. */
export function unixSeconds(milliseconds: number): string {
  return String(Math.floor(milliseconds / 1000))
}

function bad({ options }: Daemon, says: string): Error {
  return failed(options.name, 'bad-answer', 'none', `loopd answers with ${says}.`)
}
