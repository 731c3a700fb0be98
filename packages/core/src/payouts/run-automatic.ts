import { type Context, type Identity, requireReady } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { requireNotHalted } from '../safety/require-not-halted.ts'
import { partners } from '../tables/partners.ts'
import { letAutomaticGo, mayGoAutomatically } from './let-automatic-go.ts'
import { operatorsPartner } from './operators-partner.ts'
import { payAutomatically } from './pay-automatically.ts'
import { payOperator } from './pay-operator.ts'
import type { Payout } from './payout-view.ts'

/** What one look at all balances came to. */
export interface AutomaticRun {
  /** Payouts that were asked for now. */
  readonly requested: readonly Payout[]
  /** Partners with enough to be paid, and why they were not. */
  readonly waiting: readonly AutomaticWait[]
}

/** A partner that is paid nothing for now, and why. */
export interface AutomaticWait {
  readonly partner: string
  /**
   * `under-way`: its last automatic payout has not ended. `no-destination`: none is in force.
   * `paused-after-failure`: tried again after a growing pause. `books-behind`: the books were an old copy, and nobody
   * has said since that balances are right. Else the code of the refusal.
   */
  readonly reason: string
  /** For people. */
  readonly says: string
}

const page = 1000

/**
 * Pays the available balance of each partner that has automatic payouts and at least its minimum: to its
 * Lightning address or LNURL first; on chain where that alone is set, or where paying off chain has failed
 * for certain and the feerate is acceptable. One living automatic payout per partner, whoever calls it and
 * however often. With no partner to pay, what is the operator's own and free goes to `payouts.operatorAddress`,
 * if there is one. After a halt because these books are an old copy, it says that the balances are right, and
 * the schedule goes on. Throws `safety.halted`, `node.unavailable`, `storage.unavailable`.
 */
export async function runAutomatic(context: Context): Promise<AutomaticRun> {
  const identity = requireReady(context)
  await letAutomaticGo(context, identity, await requireNotHalted(context, identity))
  return payAll(context, identity)
}

/**
 * The same by the schedule: nothing where these books were found to be an old copy, since newer ones may have
 * paid, until somebody has called `runAutomatic`. Throws as it does.
 */
export async function runScheduled(context: Context): Promise<AutomaticRun> {
  const identity = requireReady(context)
  const guard = await requireNotHalted(context, identity)
  if (await mayGoAutomatically(context, identity, guard)) return payAll(context, identity)
  context.logger.warn(
    'automatic payouts wait: these books were an old copy, and newer ones may have paid; when the balances are right, call payouts.runAutomatic()',
  )
  return { requested: [], waiting: [] }
}

async function payAll(context: Context, identity: Identity): Promise<AutomaticRun> {
  const requested: Payout[] = []
  const waiting: AutomaticWait[] = []
  let after: (string | number)[] | undefined
  for (;;) {
    const rows = await context.storage.find(partners, {
      index: 'created',
      equals: [identity.publicKey],
      limit: page,
      ...(after && { after }),
    })
    for (const partner of rows) {
      if (partner.has_automatic_payouts !== true) continue
      const result = await attempt(context, partner.id, () =>
        payAutomatically(context, identity, partner),
      )
      if (result && 'reason' in result && 'says' in result) waiting.push(result)
      else if (result) requested.push(result)
    }
    const last = rows.at(-1)
    if (!last || rows.length < page) break
    after = [last.created_at, last.id]
  }
  if (requested.length + waiting.length > 0) return { requested, waiting }
  const result = await attempt(context, operatorsPartner, () => payOperator(context, identity))
  if (!result) return { requested, waiting }
  return 'says' in result ? { requested, waiting: [result] } : { requested: [result], waiting }
}

/** What is wrong with one partner holds up no other. */
async function attempt(
  context: Context,
  partner: string,
  pay: () => Promise<Payout | AutomaticWait | undefined>,
): Promise<Payout | AutomaticWait | undefined> {
  try {
    return await pay()
  } catch (error) {
    if (!PaymentNodeError.is(error) || concernsAll.has(error.code)) throw error
    context.logger.warn('an automatic payout was refused', {
      partner,
      code: error.code,
      says: error.message,
    })
    return { partner, reason: error.code, says: error.message }
  }
}

const concernsAll: ReadonlySet<string> = new Set([
  'safety.halted',
  'node.unavailable',
  'storage.unavailable',
])
