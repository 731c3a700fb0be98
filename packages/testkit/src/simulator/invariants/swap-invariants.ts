import type { NewPayment, NodeChannel, PaymentUpdate } from '@payment-node/core'
import type { MirrorRow } from '../mirror-books.ts'
import type { SeenSwap, SwapTruth } from '../swaps/market-place.ts'
import type { Invariant, SeenCommit, Witness } from './invariant.ts'
import { insertedRows, msatOf, stateChanges, textOf } from './read-commit.ts'
import { payEffect, swapOf } from './read-payouts.ts'
import { goesForward, type Transitions } from './state-invariants.ts'

const swapTransitions: Transitions = {
  '': ['created'],
  created: ['verified', 'failed-unpaid'],
  verified: ['paying', 'failed-unpaid'],
  paying: ['held', 'lockup-seen', 'lockup-confirmed', 'failed-unpaid'],
  held: ['lockup-seen', 'lockup-confirmed', 'returned'],
  'lockup-seen': ['lockup-confirmed', 'held', 'returned'],
  'lockup-confirmed': ['preimage-revealed', 'held', 'returned'],
  'preimage-revealed': ['claim-published', 'claimed', 'lost', 'returned'],
  'claim-published': ['claimed', 'lost', 'returned'],
  claimed: [],
  'failed-unpaid': [],
  returned: [],
  lost: [],
}

/** Of a swap that a daemon makes. */
const daemonTransitions: Transitions = {
  '': ['requested'],
  requested: ['accepted', 'running', 'completed', 'failed', 'needs-operator'],
  accepted: ['running', 'completed', 'failed', 'needs-operator'],
  running: ['completed', 'failed', 'needs-operator'],
  'needs-operator': ['accepted', 'running', 'completed', 'failed'],
  completed: [],
  failed: [],
}

const ends: ReadonlySet<string> = new Set(['claimed', 'failed-unpaid', 'returned', 'lost'])
/** Before it is handed to LND. */
const unsent: ReadonlySet<string> = new Set(['created', 'verified', 'requested'])

/** The table of a swap's states. */
const swapsGoForward: Invariant = goesForward({
  name: 'swaps-go-forward',
  says: 'A swap goes from created to verified to paying to held to its lockup, its reveal and its claim; after the reveal it ends as claimed or lost only. One of a daemon goes from requested to accepted to running to its end.',
  table: 'swaps',
  key: 'id',
  transitions: swapTransitions,
  mayFollow: ({ custody }, from, to) =>
    custody === 'delegated' && daemonTransitions[from ?? '']?.includes(to) === true,
})

/** The step at which LND tells of a payment. */
const payItem = 'lightning.pay/item'

/** Money rule 11: by LND's own record. */
const swapPaidAsAgreed: Invariant = {
  name: 'swap-paid-as-agreed',
  says: 'What LND pays for a swap is its hash, its amount and its fee limit, and nothing that the provider slipped in.',
  begin(witness) {
    return {
      step({ name, parameters, result }) {
        if (name !== payEffect && name !== payItem) return undefined
        const { paymentRequest, feeLimitMsat } = parameters[0] as NewPayment
        const swap = swapOf(witness, paymentRequest)
        if (!swap) return undefined
        const id = textOf(swap, 'id')
        const hash = textOf(swap, 'payment_hash')
        if (name === payItem) {
          const { paymentHash } = (result ?? {}) as Partial<PaymentUpdate>
          return paymentHash === undefined || paymentHash === hash
            ? undefined
            : `${id}: LND pays ${paymentHash}, which is not the hash of the swap`
        }
        const paid = witness.truth.findPayment(hash)
        // LND has refused the call: its clock says that the invoice has expired.
        if (!paid) return undefined
        if (paid.amountMsat !== msatOf(swap, 'amount_msat'))
          return `${id}: LND pays ${paid.amountMsat} msat, ${swap.amount_msat} were agreed`
        return feeLimitMsat === swap.routing_limit_msat
          ? undefined
          : `${id}: the fee limit is ${feeLimitMsat}, charged were ${swap.routing_limit_msat}`
      },
    }
  },
}

/** Blocks before the provider can take its lockup back in which nothing is revealed. */
const margin = 36

/** Money rule 11: by the chain, an independent judge of scripts, and the tree that the provider really made. */
const revealIsSafe: Invariant = {
  name: 'reveal-is-safe',
  says: 'A preimage is revealed only for a lockup in a block that holds what was agreed, that the stored claim can spend, and that the provider cannot take back for 36 blocks; and never before the intent is stored.',
  begin(witness) {
    return {
      commit(commit) {
        const { swapping } = witness.truth
        if (!swapping || witness.records.wasRestored) return undefined
        for (const { row, to } of stateChanges(commit, 'swaps')) {
          if (to !== 'preimage-revealed') continue
          // Whoever has taken the payment has the preimage.
          const hash = textOf(row, 'payment_hash')
          if (witness.truth.findPayment(hash)?.state === 'succeeded') continue
          const found = judgeReveal(swapping, commit, row, witness.truth.elapsed() - heard)
          if (found) return `${row.id}: ${found}`
        }
        return undefined
      },
      step({ name, parameters }) {
        if (name !== 'swaps.requestClaimSignature/before') return undefined
        const { providerId } = parameters[1] as { readonly providerId: string }
        const provider = parameters[0]
        const isStored = [...witness.books.table('swaps').values()].some(
          (swap) =>
            swap.provider_id === providerId &&
            swap.provider === provider &&
            swap.revealed_at != null,
        )
        return isStored ? undefined : `${providerId} is revealed, and that was not stored before`
      },
    }
  },
}

function judgeReveal(
  chain: SwapTruth,
  commit: SeenCommit,
  row: MirrorRow,
  heardUntil: number,
): string | undefined {
  const seen = seenOf(chain, row)
  if (!seen) return 'no provider has it'
  const [claim] = insertedRows(commit, 'swap_claims').filter(({ swap }) => swap === row.id)
  if (!claim) return 'no claim was stored with the intent to reveal'
  const raw = claim.raw as Uint8Array
  const { spends } = chain.read(raw)
  const [outpoint] = spends
  const output = outpoint === undefined ? undefined : chain.outputAt(outpoint)
  if (spends.length !== 1 || outpoint === undefined) return 'its claim has not one input'
  if (!chain.wasInBlock(outpoint.split(':')[0]!)) return `its lockup ${outpoint} is in no block`
  if (!output) return `its lockup ${outpoint} is not there`
  const promised = promisedOf(row)
  if (output.amountSat * 1000n < promised)
    return `${output.amountSat} sat are locked up, agreed were ${promised} msat`
  const why = chain.whyNotSpendable(raw, output)
  if (why !== undefined) return `the stored claim cannot spend the lockup: ${why}`
  const left = seen.freeFrom - heightAt(chain, heardUntil)
  return left >= margin ? undefined : `the provider can take it back in ${left} blocks`
}

/** Milliseconds that a block may take to be heard of: LND and its calls may be slow. */
const heard = 30_000

/** The height at that moment of the run. */
function heightAt(chain: SwapTruth, moment: number): number {
  let height = chain.height()
  for (;;) {
    const reachedAt = chain.heightReachedAt(height)
    if (reachedAt === undefined || reachedAt <= moment) return height
    height--
  }
}

/** What the accepted price promised, whatever terms came after it. */
function promisedOf(row: MirrorRow): bigint {
  return msatOf(row, 'amount_msat') - msatOf(row, 'service_limit_msat')
}

function seenOf(chain: SwapTruth, row: MirrorRow): SeenSwap | undefined {
  return chain
    .swaps()
    .find(
      ({ paymentHash, provider }) => paymentHash === row.payment_hash && provider === row.provider,
    )
}

const publish = 'lightning.onchain.publish/before'

/** Money rules 6 and 11. */
const claimsStoredFirst: Invariant = {
  name: 'claims-stored-first',
  says: 'LND is handed the stored bytes of a claim and no others, stored bytes never change, and what they spend and cost is what is stored of them.',
  begin(witness) {
    return {
      commit(commit) {
        for (const { table, before, after } of commit.rows) {
          if (table !== 'swap_claims' || !before) continue
          if (!after || hex(after.raw) !== hex(before.raw))
            return `the bytes of claim ${before.number} of ${before.swap} were changed`
        }
        for (const claim of insertedRows(commit, 'swap_claims')) {
          const found = judgeClaim(witness, claim)
          if (found) return `${claim.swap}: ${found}`
        }
        return undefined
      },
      step({ name, parameters }) {
        if (name !== publish) return undefined
        const [raw, label] = parameters
        const [, id] = /^payment-node:swap:(.+)$/.exec(String(label)) ?? []
        if (id === undefined) return undefined
        for (const { swap, raw: stored } of witness.books.table('swap_claims').values())
          if (swap === id && hex(stored) === hex(raw)) return undefined
        return `a claim of ${id} is published, and was not stored`
      },
    }
  },
}

function judgeClaim({ truth }: Witness, claim: MirrorRow): string | undefined {
  const { swapping } = truth
  if (!swapping) return undefined
  const { spends, outputsSat, transactionId } = swapping.read(claim.raw as Uint8Array)
  if (transactionId !== claim.transaction_id) return 'its id is another one'
  if (spends[0] !== claim.outpoint) return `it spends ${spends[0]}, stored is ${claim.outpoint}`
  const output = swapping.outputAt(textOf(claim, 'outpoint'))
  if (!output) return undefined
  const fee = output.amountSat - outputsSat.reduce((sum, amount) => sum + amount, 0n)
  if (fee * 1000n !== claim.fee_msat)
    return `it costs ${fee} sat, stored are ${claim.fee_msat} msat`
  return undefined
}

/** Money rules 3 and 18: by the swaps themselves, not by the rows that count them. */
const swapCapsHold: Invariant = {
  name: 'swap-caps-hold',
  says: 'Swaps under way are within the caps of all and of each provider, a day within its budget, each counted with its worst case until it has ended, and the counters say the same.',
  begin(witness) {
    return {
      commit(commit) {
        const touched = new Set(commit.rows.map(({ table }) => table))
        if (!touched.has('swaps') && !touched.has('liquidity_budgets')) return undefined
        return judgeInFlight(witness) ?? judgeBudgets(witness)
      },
    }
  },
}

function judgeInFlight({ books, publicKey, swapping }: Witness): string | undefined {
  const sums = new Map<string, bigint>([['all', 0n]])
  for (const swap of books.table('swaps').values()) {
    const living = swap.ended_at == null ? msatOf(swap, 'amount_msat') : 0n
    for (const scope of ['all', `provider/${swap.provider}`])
      sums.set(scope, (sums.get(scope) ?? 0n) + living)
    if (msatOf(swap, 'amount_msat') > swapping.perSwapMsat)
      return `${swap.id} is ${swap.amount_msat} msat, above the cap of one swap`
  }
  for (const [scope, sum] of sums) {
    const cap = scope === 'all' ? swapping.inFlightMsat : swapping.inFlightPerProviderMsat
    if (sum > cap) return `${sum} msat are under way (${scope}), the cap is ${cap}`
    const row = books.row('swap_totals', publicKey, scope)
    if (sum !== (row ? msatOf(row, 'amount_msat') : 0n))
      return `${scope} counts ${row?.amount_msat} msat, under way are ${sum}`
  }
  return undefined
}

function judgeBudgets({ books, publicKey, swapping }: Witness): string | undefined {
  const spent = new Map<string, { sum: bigint; beyond: bigint }>()
  for (const swap of books.table('swaps').values()) {
    const period = textOf(swap, 'budget_period')
    const worst = msatOf(swap, 'worst_cost_msat')
    const cost = swap.ended_at == null ? worst : costOf(swap)
    const known = spent.get(period) ?? { sum: 0n, beyond: 0n }
    // After the reveal a claim may cost more, rather than be lost.
    if (cost > worst) known.beyond += cost - worst
    known.sum += cost
    spent.set(period, known)
  }
  for (const [period, { sum, beyond }] of spent) {
    if (sum - beyond > swapping.perDayMsat) return `swaps of ${period} may cost ${sum} msat`
    const row = books.row('liquidity_budgets', publicKey, period)
    const counted = row ? msatOf(row, 'spent_msat') : 0n
    if (counted < sum) return `the budget of ${period} counts ${counted} msat, it is ${sum}`
  }
  return undefined
}

/** What an ended swap has cost, by the books; a gain is nothing. */
function costOf(swap: MirrorRow): bigint {
  const part = (column: string): bigint => (swap[column] as bigint | null) ?? 0n
  const cost =
    part('service_msat') + part('routing_msat') + part('claim_fee_msat') + part('prepay_lost_msat')
  return cost > 0n ? cost : 0n
}

/** Money rule 18. */
const haltedMeansNoSwap: Invariant = {
  name: 'halted-means-no-swap',
  says: 'While outgoing money is halted no swap is made, and no intent to pay one is stored.',
  begin: (witness) => ({
    commit({ rows }) {
      if (!witness.books.row('safety', witness.publicKey)?.is_halted) return undefined
      for (const { table, before, after } of rows) {
        if (table !== 'swaps' || !after) continue
        if (!before) return `${after.id} was made while halted`
        const isIntent = before.calls !== after.calls || before.epoch !== after.epoch
        // A payment that an old copy of the books has not sent is found, not sent.
        if (isIntent && after.seen_at == null && !witness.records.wasRestored)
          return `${after.id} was to be paid while halted`
        if (before.asked_at == null && after.asked_at != null)
          return `${after.id} was asked for while halted`
      }
      return undefined
    },
  }),
}

/** What is read of LND's channels may be a moment old, and reserves are no outbound: satoshi of slack. */
const gapSlackMsat = 500_000_000n

/** Mission row 4: by LND's own list of channels, and what is under way. */
const oneSwapPerGap: Invariant = {
  name: 'one-swap-per-gap',
  says: 'Each decision of the autopilot is acted upon once, and for no more than what is missing besides what is under way.',
  begin(witness) {
    let channels: readonly NodeChannel[] = []
    return {
      step({ name, result }) {
        if (name === 'lightning.listChannels/reply' && Array.isArray(result))
          channels = result as readonly NodeChannel[]
        return undefined
      },
      commit(commit) {
        const made = insertedRows(commit, 'swaps').filter(({ source }) => source === 'autopilot')
        const [first] = made
        if (!first) return undefined
        const run = witness.books.row('liquidity_runs', textOf(first, 'decision'))
        if (!run) return `${first.id} follows from a decision that is not in the books`
        const all = [...witness.books.table('swaps').values()]
        const ofRun = amountsOf(all.filter(({ decision }) => decision === run.id))
        if (ofRun > msatOf(run, 'missing_msat'))
          return `decision ${run.id} missed ${run.missing_msat} msat, and swaps ${ofRun}`
        const isNew = new Set(made.map(({ id }) => id))
        const waiting = amountsOf(
          all.filter(({ id, state }) => !isNew.has(id) && unsent.has(state as string)),
        )
        const missing = missingIn(channels, waiting, witness.swapping.outboundSharePpm)
        const asked = amountsOf(made)
        return channels.length > 0 && asked > missing + gapSlackMsat
          ? `${asked} msat are swapped, and ${missing} are missing besides what is under way`
          : undefined
      },
    }
  },
}

function amountsOf(rows: readonly MirrorRow[]): bigint {
  return rows.reduce((sum, row) => sum + msatOf(row, 'amount_msat'), 0n)
}

/** What has to leave until the share on our side is the one that is set: of the node, or of each channel. */
function missingIn(
  channels: readonly NodeChannel[],
  waitingMsat: bigint,
  outboundSharePpm: bigint,
): bigint {
  const million = 1_000_000n
  let [local, leaving, whole, excess] = [0n, 0n, 0n, 0n]
  for (const { localMsat, remoteMsat, pendingHtlcs, capacityMsat, isActive } of channels) {
    if (!isActive) continue
    for (const { direction, amountMsat } of pendingHtlcs)
      if (direction === 'outgoing') leaving += amountMsat
    local += localMsat
    whole += localMsat + remoteMsat
    const kept = (capacityMsat * outboundSharePpm) / million
    if (localMsat > kept) excess += localMsat - kept
  }
  const gap = local - waitingMsat - ((whole + leaving) * outboundSharePpm) / million
  const drain = excess - waitingMsat
  return gap > drain ? gap : drain
}

/** Money rule 10: by LND and the chain, when all has healed. */
const swapWorstCaseHolds: Invariant = {
  name: 'swap-worst-case-holds',
  says: 'What left through a swap, by LND and the chain, is at most its worst case, unless blocks became dearer after the reveal; and the books say the same.',
  begin: (witness) => ({
    end() {
      const { swapping } = witness.truth
      // Newer books had claims that an older copy does not know.
      if (!swapping || witness.records.wasRestored) return undefined
      for (const row of witness.books.table('swaps').values()) {
        if (row.custody !== 'self') continue
        const found = judgeCost(witness, swapping, row)
        if (found) return `${row.id} (${row.state}): ${found}`
      }
      return undefined
    },
  }),
}

function judgeCost(witness: Witness, chain: SwapTruth, row: MirrorRow): string | undefined {
  const payment = witness.truth.findPayment(textOf(row, 'payment_hash'))
  const isPaid = payment?.state === 'succeeded'
  const paid = isPaid ? payment.amountMsat + (payment.feeMsat ?? 0n) : 0n
  const outpoint = row.lockup_outpoint as string | null
  const spent = outpoint === null ? undefined : chain.spending(outpoint)
  const isOurs = spent !== undefined && isClaimOf(witness, row, spent.transactionId)
  const back = isOurs ? sumOf(chain.read(spent.rawTransaction).outputsSat) * 1000n : 0n
  const lockup = outpoint === null ? undefined : chain.outputAt(outpoint)
  const claimFee = isOurs ? (lockup?.amountSat ?? 0n) * 1000n - back : 0n
  const cost = paid - back
  if (row.state === 'claimed' && !isOurs) return 'no claim of ours is in the chain'
  if (row.state === 'claimed' && cost !== signedCostOf(row))
    return `it cost ${cost} msat, the books say ${signedCostOf(row)}`
  if ((row.state === 'returned' || row.state === 'failed-unpaid') && isPaid)
    return `LND has paid ${paid} msat for it`
  if (row.state === 'lost') return undefined
  const worst = msatOf(row, 'worst_cost_msat')
  const beyond = claimFee - msatOf(row, 'claim_limit_msat')
  const allowed = beyond > 0n ? worst + beyond : worst
  return cost > allowed ? `it cost ${cost} msat, its worst case is ${worst}` : undefined
}

function signedCostOf(row: MirrorRow): bigint {
  const part = (column: string): bigint => (row[column] as bigint | null) ?? 0n
  return part('service_msat') + part('routing_msat') + part('claim_fee_msat')
}

function isClaimOf({ books }: Witness, row: MirrorRow, transactionId: string): boolean {
  for (const claim of books.table('swap_claims').values())
    if (claim.swap === row.id && claim.transaction_id === transactionId) return true
  return false
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}

/** Milliseconds in which we could act between the reveal and the timeout: in less, a lockup may be lost. */
const enough = 180_000

/** Liveness. */
const revealedIsClaimed: Invariant = {
  name: 'revealed-is-claimed',
  says: 'When the world has healed every swap of our own custody has ended; a lockup whose preimage was revealed, or whose payment was taken, is ours, unless nobody was there to claim it.',
  begin(witness) {
    const revealed = new Map<string, number>()
    return {
      commit(commit) {
        for (const { row, to } of stateChanges(commit, 'swaps')) {
          if (to !== 'preimage-revealed') continue
          const id = textOf(row, 'id')
          if (!revealed.has(id)) revealed.set(id, witness.truth.elapsed())
        }
        return undefined
      },
      end() {
        const { swapping } = witness.truth
        if (!swapping) return undefined
        for (const row of witness.books.table('swaps').values()) {
          if (row.custody !== 'self') continue
          const id = textOf(row, 'id')
          if (!ends.has(textOf(row, 'state')))
            return `${id} is ${row.state} (${row.reason}) for ever`
          const isTakenBack = row.state === 'returned' && row.revealed_at !== null
          if (row.state !== 'lost' && !isTakenBack) continue
          const from = revealed.get(id) ?? 0
          const seen = seenOf(swapping, row)
          const until = seen && swapping.heightReachedAt(seen.freeFrom)
          const served = swapping.servedBetween(from, until ?? witness.truth.elapsed())
          if (served >= enough) return `${id} is lost, though we were there for ${served} ms`
        }
        return judgeTaken(witness, swapping)
      },
    }
  },
}

/** What LND has paid to a provider is claimed, or was lost for a reason. */
function judgeTaken(witness: Witness, chain: SwapTruth): string | undefined {
  if (witness.records.wasRestored) return undefined
  for (const { paymentHash, provider } of chain.swaps()) {
    const payment = witness.truth.findPayment(paymentHash)
    if (payment === undefined || payment.state === 'failed') continue
    const row = [...witness.books.table('swaps').values()].find(
      (swap) => swap.payment_hash === paymentHash && swap.provider === provider,
    )
    if (!row) return `LND pays ${paymentHash} to ${provider}, and the books do not know it`
    if (payment.state !== 'succeeded')
      return `${row.id} is ${row.state}, and its payment still flies`
    if (row.state !== 'claimed' && row.state !== 'lost')
      return `${row.id} is ${row.state}, and ${provider} has its payment`
  }
  return undefined
}

/** A withdrawal reaches the address that the operator named. */
const claimsPayTheirAddress: Invariant = {
  name: 'claims-pay-their-address',
  says: 'A swap to an address pays that address, once, with what is left of its lockup; and no other swap pays it.',
  begin: (witness) => ({
    end() {
      const { records, truth, books } = witness
      for (const [key, address] of records.withdrawals) {
        const rows = [...books.table('swaps').values()].filter(
          ({ idempotency_key: made }) => made === key || String(made).startsWith(`${key} `),
        )
        const stranger = rows.find(({ destination }) => destination !== address)
        if (stranger) return `${stranger.id} pays ${stranger.destination} instead of ${address}`
        const paid = truth.outputsTo(address).filter(({ confirmations }) => confirmations > 0)
        const claimed = rows.filter(({ state }) => state === 'claimed').length
        if (paid.length !== claimed && !records.wasRestored)
          return `${address} is paid ${paid.length} times, ${claimed} swaps to it are claimed`
      }
      return undefined
    },
  }),
}

/** Money rule 16. */
const proofProves: Invariant = {
  name: 'proof-proves',
  says: 'When the world has healed, the books of a host that swaps are proved.',
  begin: (witness) => ({
    end() {
      const { insisted, coinLost, wasRestored } = witness.records
      const verdict = witness.truth.proof()
      if (verdict === undefined || insisted.size > 0 || coinLost || wasRestored) return undefined
      // What a closing costs is booked when it is final.
      const isClosing = witness.truth.channels().some(({ list }) => list !== 'open')
      if (verdict === 'surplus' && isClosing) return undefined
      return verdict === 'proved' ? undefined : `the proof says ${verdict}`
    },
  }),
}

/** Swaps, and the autopilot that asks for them. */
export const swapInvariants: readonly Invariant[] = [
  swapsGoForward,
  swapPaidAsAgreed,
  revealIsSafe,
  claimsStoredFirst,
  swapCapsHold,
  haltedMeansNoSwap,
  oneSwapPerGap,
  swapWorstCaseHolds,
  revealedIsClaimed,
  claimsPayTheirAddress,
  proofProves,
]

function hex(bytes: unknown): string {
  return Buffer.from(bytes as Uint8Array).toString('hex')
}
