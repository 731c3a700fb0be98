import { type DelegatedSwap, invalid, type NewDelegatedSwap } from '@payment-node/core'
import { checkDaemon } from './check-daemon.ts'
import type { Daemon } from './daemon.ts'
import { listSwaps } from './list-swaps.ts'
import { failed } from './provider-failed.ts'
import { unixSeconds } from './quote-swap.ts'

/** Who asks, for the swap server's statistics. */
const initiator = 'payment-node'

/** As loopd has them: at most so many characters, and none of its own. */
const longestLabel = 500
const reservedLabel = '[reserved]'

/**
 * Starts a swap under its label, or answers with the one that has it. The daemon must live and be on its
 * network right before: a swap that it cannot finish costs the prepayment.
 */
export async function startSwap(
  daemon: Daemon,
  request: NewDelegatedSwap,
  signal?: AbortSignal,
): Promise<DelegatedSwap> {
  requireUsable(request)
  await checkDaemon(daemon, signal)
  const { name, sweepTarget, confirmations } = daemon.options
  const known = await listSwaps(daemon, signal, request.label)
  if (known.length > 1) {
    const says = `loopd has ${known.length} swaps with the label ${request.label}.`
    throw failed(name, 'duplicate-label', 'unknown', says)
  }
  if (known[0]) return known[0]
  const { amountSat, label, destination = '', outgoingChannels = [] } = request
  const prepayRoutingSat = prepayRouting(request)
  const { id_bytes: id } = await daemon.call(
    '/looprpc.SwapClient/LoopOut',
    {
      amt: String(amountSat),
      dest: destination,
      is_external_addr: destination !== '',
      max_swap_routing_fee: String(request.maximumRoutingSat - prepayRoutingSat),
      max_prepay_routing_fee: String(prepayRoutingSat),
      max_swap_fee: String(request.maximumServiceSat),
      max_prepay_amt: String(request.maximumPrepaySat),
      max_miner_fee: String(request.maximumMinerSat),
      sweep_conf_target: sweepTarget,
      htlc_confirmations: confirmations,
      swap_publication_deadline: unixSeconds(request.publicationDeadline),
      outgoing_chan_set: outgoingChannels,
      label,
      initiator,
    },
    signal,
  )
  if (id.length !== 32) {
    const says = `loopd started a swap with an id of ${id.length} bytes.`
    throw failed(name, 'bad-answer', 'unknown', says)
  }
  return {
    label,
    providerId: Buffer.from(id).toString('hex'),
    state: 'accepted',
    amountSat,
    serviceSat: 0n,
    minerSat: 0n,
    routingSat: 0n,
    prepayLostSat: 0n,
  }
}

/** The prepayment's share of the routing limit: by its amount, and enough for the base fees of a route. */
function prepayRouting({
  amountSat,
  maximumPrepaySat,
  maximumRoutingSat,
}: NewDelegatedSwap): bigint {
  const byAmount = (maximumRoutingSat * maximumPrepaySat) / (amountSat + maximumPrepaySat)
  const base = maximumRoutingSat / 4n < 10n ? maximumRoutingSat / 4n : 10n
  return byAmount > base ? byAmount : base
}

const largest = 2n ** 63n - 1n

function requireUsable(request: NewDelegatedSwap): void {
  const { label, amountSat, outgoingChannels = [], publicationDeadline } = request
  if (label === '' || label.length > longestLabel || label.startsWith(reservedLabel)) {
    throw invalid('label', 'malformed', `must have 1 to ${longestLabel} characters of our own`)
  }
  if (amountSat <= 0n) throw invalid('amountSat', 'out-of-range', 'must be above zero')
  for (const field of [
    'amountSat',
    'maximumServiceSat',
    'maximumMinerSat',
    'maximumPrepaySat',
    'maximumRoutingSat',
  ] as const) {
    const value = request[field]
    if (value < 0n || value > largest) throw invalid(field, 'out-of-range', 'must be an amount')
  }
  for (const channel of outgoingChannels) {
    if (!/^\d{1,20}$/.test(channel)) {
      throw invalid('outgoingChannels', 'malformed', 'must be channel ids in digits')
    }
  }
  if (!Number.isSafeInteger(publicationDeadline) || publicationDeadline < 0) {
    throw invalid('publicationDeadline', 'out-of-range', 'must be milliseconds since 1970')
  }
}
