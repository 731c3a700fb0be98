import type { NewDelegatedSwap } from '@payment-node/core'
import type { MirrorRow } from '../mirror-books.ts'
import type { DaemonTruth, SeenDaemonSwap } from '../swaps/daemon-place.ts'
import type { Invariant, Witness } from './invariant.ts'
import { msatOf, stateChanges, textOf } from './read-commit.ts'

/** Money rule 5, for what a daemon does with our LND. */
const daemonStartsOnce: Invariant = {
  name: 'daemon-starts-once',
  says: 'A daemon is asked for a swap only after the intent is stored, with the limits that were charged, not while it is disabled, and has never two for one stored intent.',
  begin(witness) {
    const { truth } = witness
    return {
      step({ name, parameters }) {
        const { daemon } = truth
        if (!daemon || !name.startsWith('daemon.')) return undefined
        if (name !== 'daemon.start/before') return judgeTwice(witness, daemon)
        const request = parameters[1] as NewDelegatedSwap
        const row = witness.books.row('swaps', request.label)
        return row ? judgeRequest(row, request) : `${request.label} is not in the books`
      },
      end: () => truth.daemon && judgeTwice(witness, truth.daemon),
    }
  },
}

function judgeRequest(row: MirrorRow, request: NewDelegatedSwap): string | undefined {
  const { label } = request
  if (row.asked_at == null) return `${label} is asked for before the intent is stored`
  const most = (column: string): bigint => msatOf(row, column) / 1000n
  if (request.amountSat * 1000n !== row.amount_msat)
    return `${label}: ${request.amountSat} sat are asked for, stored are ${row.amount_msat} msat`
  if (request.maximumServiceSat > most('service_limit_msat')) return `${label}: the fee is beyond`
  if (request.maximumPrepaySat > most('prepay_limit_msat')) return `${label}: the prepayment is`
  if (request.maximumRoutingSat > most('routing_limit_msat')) return `${label}: routing is beyond`
  const miner = most('claim_limit_msat') + most('prepay_limit_msat')
  return request.maximumMinerSat > miner ? `${label}: the miner fee is beyond its limit` : undefined
}

function judgeTwice({ records }: Witness, daemon: DaemonTruth): string | undefined {
  const labels = new Set<string>()
  for (const { label, isForeign } of daemon.swaps()) {
    // An older copy of the books looks into the list first: it knows no more than that.
    if (isForeign || (records.wasRestored && daemon.wasHidden(label))) continue
    if (labels.has(label)) return `${label} was started twice`
    labels.add(label)
  }
  return undefined
}

/** What LND says of one of a daemon's payments, in msat. */
function paidFor({ truth }: Witness, hash: string): { amount: bigint; fee: bigint } {
  const payment = truth.findPayment(hash)
  return payment?.state === 'succeeded'
    ? { amount: payment.amountMsat, fee: payment.feeMsat }
    : { amount: 0n, fee: 0n }
}

/** What left for a swap, by LND, in msat. */
function leftFor(witness: Witness, { mainHash, prepayHash }: SeenDaemonSwap): bigint {
  const [main, prepay] = [paidFor(witness, mainHash), paidFor(witness, prepayHash)]
  return main.amount + main.fee + prepay.amount + prepay.fee
}

/** What came to its address, in msat. */
function backFrom({ truth }: Witness, { address, sweeps }: SeenDaemonSwap): bigint {
  return truth
    .outputsTo(address)
    .filter(({ transactionId }) => sweeps.has(transactionId))
    .reduce((sum, { amountSat }) => sum + amountSat * 1000n, 0n)
}

/** Ways in which the amount itself is lost, or what is said of coins is not so. */
const lossWays: ReadonlySet<string> = new Set(['amount-kept', 'swept-in-words'])

/** The daemon's swaps of the books that have ended, with what it really did. */
function endedSwaps(
  witness: Witness,
): { readonly row: MirrorRow; readonly seen: SeenDaemonSwap | undefined }[] {
  const started = witness.truth.daemon?.swaps() ?? []
  return [...witness.books.table('swaps').values()]
    .filter(({ custody, ended_at: at }) => custody === 'delegated' && at != null)
    .map((row) => ({ row, seen: started.find(({ label }) => label === row.id) }))
}

/** The operator's word ended it, and its daemon had kept from everybody that it was started. */
function isGivenUpUnknown({ truth }: Witness, row: MirrorRow): boolean {
  const isUnknown = row.reason === 'given-up' && row.provider_id == null
  return isUnknown && truth.daemon?.wasHidden(textOf(row, 'id')) === true
}

/** Money rule 10. */
const daemonWorstCaseHolds: Invariant = {
  name: 'daemon-worst-case-holds',
  says: "What left through a daemon's swap, by LND and the chain, is at most its worst case, and its amount when it was lost; what came back is what the books say.",
  begin: (witness) => ({
    end() {
      for (const { row, seen } of endedSwaps(witness)) {
        if (!seen || witness.truth.daemon?.wasHidden(seen.label)) continue
        const left = leftFor(witness, seen)
        const back = backFrom(witness, seen)
        const worst = msatOf(row, 'worst_cost_msat')
        const isLost = lossWays.has(seen.way ?? '')
        const most = isLost ? worst + msatOf(row, 'amount_msat') : worst
        if (left - back > most) return `${row.id} cost ${left - back} msat, the most is ${most}`
        const isTold = row.state === 'completed' && row.reason !== 'other-node'
        if (!isTold || isLost || seen.way === 'costs-lied') continue
        const due = msatOf(row, 'amount_msat') - msatOf(row, 'claim_fee_msat')
        if (back !== due) return `${row.id} is completed with ${due} msat, ${back} came`
      }
      return undefined
    },
  }),
}

/** Money rule 16. */
const daemonCostsBooked: Invariant = {
  name: 'daemon-costs-booked',
  says: "All that a daemon paid with our LND is in the books, once, and what its swaps cost is booked as such: fees, lost prepayments, lost amounts, as far as LND's word goes.",
  begin: (witness) => ({
    end() {
      const { truth, books, publicKey, records } = witness
      if (!truth.daemon || records.wasRestored) return undefined
      for (const { label, mainHash, prepayHash } of truth.daemon.swaps()) {
        for (const hash of [mainHash, prepayHash]) {
          if (truth.findPayment(hash)?.state !== 'succeeded') continue
          if (!books.row('ledger_transactions', publicKey, `foreign/${hash}`))
            return `LND has paid ${hash} for ${label}, and the books do not have it`
        }
      }
      let [cost, booked] = [0n, 0n]
      const ids: string[] = []
      for (const { row, seen } of endedSwaps(witness)) {
        if (isGivenUpUnknown(witness, row)) continue
        ids.push(textOf(row, 'id'))
        booked += bookedFor(witness, row)
        if (seen) cost += costOf(witness, row, seen)
      }
      return cost === booked
        ? undefined
        : `${ids.join(', ')} cost ${cost} msat together, the books say ${booked}`
    },
  }),
}

/** By LND, and the coins that are said to have come. */
function costOf(witness: Witness, row: MirrorRow, seen: SeenDaemonSwap): bigint {
  const left = leftFor(witness, seen)
  if (row.state !== 'completed' || row.reason === 'other-node') return left
  return left - msatOf(row, 'amount_msat') + msatOf(row, 'claim_fee_msat')
}

const costAccounts: ReadonlySet<string> = new Set([
  'world/swap-fees',
  'world/swap-prepay',
  'world/swap-losses',
  'world/onchain-fees',
])

/** What the books say that it was for; routing is booked with the payments. */
function bookedFor({ books }: Witness, row: MirrorRow): bigint {
  const facts = new Set<unknown>()
  for (const { id, subject } of books.table('ledger_transactions').values())
    if (subject === `swap/${row.id}`) facts.add(id)
  let sum = (row.routing_msat as bigint | null) ?? 0n
  for (const posting of books.table('postings').values()) {
    if (facts.has(posting.transaction) && costAccounts.has(textOf(posting, 'account')))
      sum += msatOf(posting, 'amount_msat')
  }
  return sum
}

/** The next swap would lose the same again. */
const daemonLossStopsIt: Invariant = {
  name: 'daemon-loss-stops-it',
  says: 'A daemon whose swap failed with its prepayment or its amount gone is asked for nothing more until the operator says so.',
  begin: (witness) => ({
    commit(commit) {
      const { daemon } = witness.truth
      if (!daemon) return undefined
      for (const { row, to } of stateChanges(commit, 'swaps')) {
        if (row.custody !== 'delegated' || to !== 'failed' || isGivenUpUnknown(witness, row))
          continue
        const seen = daemon.swaps().find(({ label }) => label === row.id)
        if (!seen || leftFor(witness, seen) === 0n) continue
        const health = witness.books.row('swap_providers', witness.publicKey, daemon.name)
        if (health?.disabled_reason == null)
          return `${row.id} failed (${row.reason}) with money gone, and ${daemon.name} is asked again`
      }
      return undefined
    },
    step({ name, parameters }) {
      if (name !== 'daemon.start/before') return undefined
      const provider = parameters[0] as string
      const health = witness.books.row('swap_providers', witness.publicKey, provider)
      return health?.disabled_reason == null
        ? undefined
        : `${provider} is disabled (${health.disabled_reason}), and asked to start a swap`
    },
  }),
}

/** Why a daemon's swap may wait for its operator. */
const named: ReadonlySet<string> = new Set([
  'start-unknown',
  'daemon-away',
  'daemon-forgot',
  'duplicate-label',
  'bad-answer',
  'gone-back',
  'temporary',
  'unknown',
  'payment-open',
])

/** Liveness. */
const daemonSwapsEnd: Invariant = {
  name: 'daemon-swaps-end',
  says: "A daemon's swap waits for its operator with a reason that has a name, has ended when the world has healed, and gives back what it did not cost of its day's budget.",
  begin: (witness) => ({
    commit(commit) {
      for (const { row, to } of stateChanges(commit, 'swaps')) {
        if (row.custody === 'delegated' && to === 'needs-operator' && !named.has(`${row.reason}`))
          return `${row.id} waits for the operator, because of ${row.reason}`
      }
      return undefined
    },
    end() {
      const { books, publicKey } = witness
      const rows = [...books.table('swaps').values()]
      const spent = new Map<string, bigint>()
      for (const row of rows) {
        if (row.custody === 'delegated' && row.ended_at == null)
          return `${row.id} is ${row.state} (${row.reason}) for ever`
      }
      // A claim of ours may cost more than its day allows.
      if (rows.some(({ custody }) => custody === 'self')) return undefined
      for (const row of rows) {
        const day = textOf(row, 'budget_period')
        spent.set(day, (spent.get(day) ?? 0n) + chargedFor(witness, row))
      }
      for (const [day, sum] of spent) {
        const counted = books.row('liquidity_budgets', publicKey, day)?.spent_msat
        if (counted !== sum) return `the budget of ${day} counts ${counted} msat, it is ${sum}`
      }
      return undefined
    },
  }),
}

/** What an ended swap keeps of its day's budget: what it cost, and what it lost. */
function chargedFor({ books }: Witness, row: MirrorRow): bigint {
  const part = (column: string): bigint => (row[column] as bigint | null) ?? 0n
  let sum =
    part('service_msat') + part('routing_msat') + part('claim_fee_msat') + part('prepay_lost_msat')
  const lost = `swap/${row.id}`
  for (const posting of books.table('postings').values()) {
    if (posting.account !== 'world/swap-losses') continue
    const fact = books.row(
      'ledger_transactions',
      textOf(posting, 'node'),
      textOf(posting, 'transaction'),
    )
    if (fact?.subject === lost) sum += msatOf(posting, 'amount_msat')
  }
  return sum > 0n ? sum : 0n
}

/** A daemon that swaps with our LND. */
export const daemonInvariants: readonly Invariant[] = [
  daemonStartsOnce,
  daemonWorstCaseHolds,
  daemonCostsBooked,
  daemonLossStopsIt,
  daemonSwapsEnd,
]
