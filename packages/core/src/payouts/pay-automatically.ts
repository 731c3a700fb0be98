import type { Context, Identity } from '../context.ts'
import { least } from '../domain/bigints.ts'
import { utcDay } from '../domain/utc-day.ts'
import { PaymentNodeError } from '../errors.ts'
import { judgeFeerate } from '../fees/judge-feerate.ts'
import { destinationsInForce } from '../partners/destinations-in-force.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import type { partners } from '../tables/partners.ts'
import { payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import { estimateOnchainFee } from '../transactions/estimate-onchain-fee.ts'
import { mayGoAutomatically } from './let-automatic-go.ts'
import type { Payout } from './payout-view.ts'
import { placePayout } from './place-payout.ts'
import { freeOf } from './read-available.ts'
import { readTerms } from './read-terms.ts'
import type { AutomaticWait } from './run-automatic.ts'

type Row = RowOf<typeof payouts>

/** Milliseconds after a day's first failure before the next try; each further one makes it three times longer. */
const firstPause = 600_000

const living = ['reserved', 'queued', 'sending'] as const
const page = 1000

/**
 * One partner's automatic payout, if it is due. Its key is made of the day and a running number: whoever
 * decides at the same time comes to the same key, and the row in `payouts` is the record. Undefined when the
 * balance is below the minimum. Throws as `payouts.request`.
 */
export async function payAutomatically(
  context: Context,
  identity: Identity,
  partner: RowOf<typeof partners>,
): Promise<Payout | AutomaticWait | undefined> {
  const { settings } = context
  const available = await freeOf(context, identity, partner.id)
  const minimum = partner.minimum_payout_msat ?? settings.payouts.automaticMinimum.msat
  if (available < minimum) return undefined
  const wait = (reason: string, says: string): AutomaticWait => ({
    partner: partner.id,
    reason,
    says,
  })
  // Whoever asks, the schedule or the autopilot: newer books may have paid it.
  if (!(await mayGoAutomatically(context, identity, await readSafety(context, identity))))
    return wait('books-behind', 'these books were an old copy: call payouts.runAutomatic()')

  const next = await nextAutomatic(context, identity, partner.id)
  if ('wait' in next) return wait(...next.wait)
  const destination = await chooseDestination(context, partner, available, next.last)
  if (destination === undefined) return wait('no-destination', 'no payout destination is in force')

  const terms = readTerms(identity, { destination }, 'all')
  try {
    return await placePayout(context, {
      purpose: 'automatic',
      partner: partner.id,
      idempotencyKey: next.key,
      terms,
      written: JSON.stringify({ partner: partner.id, automatic: true, ...terms.written }),
      upToMsat: capOf(settings, partner),
    })
  } catch (error) {
    // Somebody else decided at the same time, for another destination.
    if (PaymentNodeError.is(error, 'idempotency.conflict'))
      return wait('under-way', 'another process was faster')
    throw error
  }
}

/** The key of the next automatic payout of a partner, and today's last one; or why there is none now. */
export async function nextAutomatic(
  context: Context,
  identity: Identity,
  partner: string,
): Promise<
  | { readonly key: string; readonly last: Row | undefined }
  | { readonly wait: readonly [reason: string, says: string] }
> {
  const { rows, nextKey } = await readToday(context, identity, partner)
  // After the number, and not before: what is stored meanwhile has this number, or a higher one.
  if (await hasLiving(context, identity, partner))
    return { wait: ['under-way', 'its last automatic payout has not ended'] }
  const pause = nextTry(rows) - context.clock.now()
  if (pause > 0)
    return { wait: ['paused-after-failure', `tried again in ${Math.ceil(pause / 60_000)} minutes`] }
  return { key: nextKey, last: rows.at(-1) }
}

/** The automatic payouts of today, oldest first, and the key that comes next. */
async function readToday(
  context: Context,
  { publicKey }: Identity,
  partner: string,
): Promise<{ readonly rows: readonly Row[]; readonly nextKey: string }> {
  const day = utcDay(context.clock.now())
  const rows: Row[] = []
  for (let number = 1; ; number++) {
    const nextKey = `automatic/${day}/${number}`
    const [row] = await context.storage.find(payouts, {
      index: 'idempotency',
      equals: [publicKey, partner, nextKey],
      limit: 1,
    })
    if (!row) return { rows, nextKey }
    rows.push(row)
  }
}

async function hasLiving(
  context: Context,
  { publicKey }: Identity,
  partner: string,
): Promise<boolean> {
  for (const state of living) {
    let after: (string | number)[] | undefined
    for (;;) {
      const rows = await context.storage.find(payouts, {
        index: 'partner_state',
        equals: [publicKey, partner, state],
        limit: page,
        ...(after && { after }),
      })
      if (rows.some(({ purpose }) => purpose === 'automatic')) return true
      const last = rows.at(-1)
      if (!last || rows.length < page) break
      after = [last.created_at, last.id]
    }
  }
  return false
}

/** Milliseconds since 1970: at once, except after what did not succeed. */
function nextTry(rows: readonly Row[]): number {
  const last = rows.at(-1)
  if (!last || last.state === 'succeeded') return 0
  const failures = rows.length - 1 - rows.findLastIndex(({ state }) => state === 'succeeded')
  return last.updated_at + firstPause * 3 ** (failures - 1)
}

/** Off chain first; on chain where nothing else is set, or where it failed for certain and the chain is cheap. */
async function chooseDestination(
  context: Context,
  partner: RowOf<typeof partners>,
  availableMsat: bigint,
  last: Row | undefined,
): Promise<string | undefined> {
  const { offchain, onchain } = await destinationsInForce(context, partner.id)
  if (offchain === null || onchain === null) return offchain ?? onchain ?? undefined
  const hasFailed = last?.state === 'failed' && last.destination_kind !== 'onchain-address'
  if (!hasFailed) return offchain
  try {
    if (!(await isEnoughOnchain(context, partner, availableMsat, onchain))) return offchain
    return (await judgeFeerate(context, { quick: false })).isAcceptable ? onchain : offchain
  } catch (error) {
    // What nobody knows is not cheap.
    if (PaymentNodeError.is(error, 'node.unavailable')) return offchain
    throw error
  }
}

/** Less than the minimum would be refused. */
async function isEnoughOnchain(
  context: Context,
  partner: RowOf<typeof partners>,
  availableMsat: bigint,
  address: string,
): Promise<boolean> {
  const mostMsat = await mostOnchain(context, partner, availableMsat, address)
  return mostMsat >= context.settings.payouts.onchainMinimum.msat
}

/** The most that can be paid on chain, in msat: what it may cost at worst is reserved beside the amount. */
export async function mostOnchain(
  context: Context,
  partner: RowOf<typeof partners>,
  availableMsat: bigint,
  address: string,
): Promise<bigint> {
  const { settings } = context
  const worstMsat = (await estimateOnchainFee(context, { address })).worst.msat
  const chargedMsat = partner.fees_paid_by === 'operator' ? 0n : worstMsat
  const capMsat = capOf(settings, partner)
  return least(availableMsat - chargedMsat, capMsat - worstMsat)
}

/** What one payout of the partner may be at most, in msat. */
function capOf(
  { capPerPayout }: Context['settings'],
  { cap_per_payout_msat: own }: RowOf<typeof partners>,
): bigint {
  return own === null ? capPerPayout.msat : least(capPerPayout.msat, own)
}
