import type { Context } from '../context.ts'
import { Amount, type AmountInput, readAmount, readPositiveAmount } from '../domain/amount.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import type { ChannelOffer } from '../domain/liquidity-snapshot.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import { readObject, readText } from '../read-input.ts'

/** A channel that somebody would open to us for money, as the host knows it. */
export interface InboundOffer {
  /** Who sells it. */
  readonly source: string
  /** What could be received over it. */
  readonly amount: AmountInput
  /** All in. */
  readonly cost: AmountInput
  /** Until it can be used. */
  readonly leadTime: Duration
}

/** Asks the host what inbound is for sale; `amount` is missing now. */
export type AskForInbound = (
  amount: Amount,
  signal: AbortSignal,
) => Promise<readonly InboundOffer[]>

/** What was heard of those who sell inbound. */
export interface HeardOffers {
  readonly offers: readonly ChannelOffer[]
  /** Why nothing was heard; null: it was. */
  readonly trouble: string | null
}

/** Milliseconds that the host may take: a look waits for it. */
const patience = 10_000
const most = 50
/** Seconds: no order takes longer. */
const longest = 30 * 86_400

/** What the host offers; an answer that cannot be read is as good as none, and says so. */
export async function readChannelOffers(
  context: Context,
  amountMsat: bigint,
): Promise<HeardOffers> {
  const { clock, logger, settings } = context
  const { channelOffers: ask } = settings.liquidity
  if (!ask) return { offers: [], trouble: null }
  const ending = new AbortController()
  const late = clock.sleep(patience, ending.signal).then(() => {
    throw new Error('no answer in time')
  })
  // Nobody waits for it any more when the answer is there.
  late.catch(() => undefined)
  try {
    const told = await Promise.race([ask(new Amount(amountMsat), ending.signal), late])
    return { offers: readList(told), trouble: null }
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error)
    logger.warn('liquidity.channelOffers gives no usable answer', { says })
    return { offers: [], trouble: PaymentNodeError.is(error) ? 'malformed' : 'unreachable' }
  } finally {
    ending.abort()
  }
}

function readList(told: unknown): readonly ChannelOffer[] {
  if (!Array.isArray(told)) throw invalid('channelOffers', 'wrong-type', 'expected a list')
  return told.slice(0, most).map((given: unknown): ChannelOffer => {
    const offer = readObject(given, 'channelOffers', ['source', 'amount', 'cost', 'leadTime'])
    const cost = readAmount(offer.cost, 'channelOffers.cost')
    if (cost.msat < 0n) throw invalid('channelOffers.cost', 'negative', 'nobody pays us for it')
    const bounds = { minimum: 0, maximum: longest }
    return {
      source: readText(offer.source, 'channelOffers.source', { maximum: 100 }),
      amountMsat: readPositiveAmount(offer.amount, 'channelOffers.amount').msat,
      costMsat: cost.msat,
      leadTime: 1000 * readDuration(offer.leadTime, 'channelOffers.leadTime', bounds),
    }
  })
}
