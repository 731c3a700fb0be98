import type { CloseChannel, OpenChannel } from '@payment-node/core'
import type { MirrorRow } from '../mirror-books.ts'
import type { Invariant, Witness } from './invariant.ts'
import { msatOf, stateChanges, textOf } from './read-commit.ts'
import { goesForward } from './state-invariants.ts'

/** The table of an opening's states. */
const openingsGoForward: Invariant = goesForward({
  name: 'openings-go-forward',
  says: 'An opening goes from intended to opening to pending to open, or to failed or abandoned; only a failed one may turn out to be pending or open.',
  table: 'channel_intents',
  key: 'id',
  transitions: {
    '': ['intended'],
    intended: ['opening', 'failed'],
    opening: ['pending', 'open', 'failed'],
    pending: ['open', 'failed', 'abandoned'],
    failed: ['pending', 'open'],
    open: [],
    abandoned: [],
  },
})

/** Money rule 7. */
const openedAsIntended: Invariant = {
  name: 'opened-as-intended',
  says: 'LND is asked to open a channel only with the peer, the size, the fee and the coins of a stored intent, and the coins are claimed for it.',
  begin(witness) {
    return {
      step({ name, parameters }) {
        if (name !== 'lightning.opener.open/before') return undefined
        const asked = parameters[0] as OpenChannel
        const intent = intentOf(witness, asked.memo)
        if (!intent) return `LND was asked for ${asked.memo}, which no intent is`
        if (intent.state === 'intended') return `${intent.id} was asked for before that was stored`
        const wanted = [
          intent.peer,
          msatOf(intent, 'capacity_msat') / 1000n,
          intent.sat_per_vbyte,
          intent.is_private,
          ...(intent.outpoints as string[]),
        ]
        const found = [
          asked.peer,
          asked.capacitySat,
          asked.satPerVbyte,
          asked.isPrivate,
          ...asked.outpoints,
        ]
        if (wanted.join() !== found.join()) return `${intent.id} is ${wanted}, asked was ${found}`
        if (intent.state !== 'opening') return undefined
        const unclaimed = asked.outpoints.find(
          (outpoint) =>
            witness.books.row('claimed_outpoints', witness.publicKey, outpoint)?.intent !==
            intent.id,
        )
        return unclaimed && `${unclaimed} is not claimed for ${intent.id}`
      },
    }
  },
}

/** Money rule 7, by LND's own lists. */
const oneChannelPerIntent: Invariant = {
  name: 'one-channel-per-intent',
  says: 'In the end LND has at most one channel for each intent, and none of ours without an intent.',
  begin(witness) {
    return {
      end() {
        if (witness.records.wasRestored) return undefined
        const found = new Map<string, string>()
        for (const { channelPoint, memo, isOurs } of witness.truth.channels()) {
          if (!isOurs || memo === undefined) continue
          const intent = intentOf(witness, memo)
          if (!intent) return `${channelPoint} was opened for ${memo}, which no intent is`
          const other = found.get(memo)
          if (other) return `${intent.id} has the channels ${other} and ${channelPoint}`
          found.set(memo, channelPoint)
          if (intent.state === 'failed' || intent.state === 'abandoned')
            return `${intent.id} is ${intent.state}, and LND has ${channelPoint} for it`
        }
        return undefined
      },
    }
  },
}

/** Money rule 18. */
const openBudgetHolds: Invariant = {
  name: 'open-budget-holds',
  says: 'What opening channels may cost in a month never exceeds its budget, and the budget counts every opening.',
  begin(witness) {
    return {
      commit({ rows }) {
        const touched = rows.some(
          ({ table }) => table === 'spending' || table === 'channel_intents',
        )
        if (!touched) return undefined
        const costs = new Map<string, bigint>()
        for (const intent of witness.books.table('channel_intents').values()) {
          const period = textOf(intent, 'budget_period')
          costs.set(period, (costs.get(period) ?? 0n) + costOf(intent))
        }
        for (const [period, cost] of costs) {
          if (cost > witness.budgetPerMonthMsat) return `${period} costs ${cost} msat`
        }
        return undefined
      },
    }
  },
}

/** Nobody's channel is closed because it seems wise. */
const noCloseUnasked: Invariant = {
  name: 'no-close-unasked',
  says: 'LND is asked to close a channel only when the operator wants it closed, and by force only when he said so.',
  begin(witness) {
    return {
      step({ name, parameters }) {
        if (name !== 'lightning.opener.close/before') return undefined
        const { channelPoint, isForce } = parameters[0] as CloseChannel
        const intent = witness.books.row('close_intents', witness.publicKey, channelPoint)
        if (!intent) return `${channelPoint} is closed, and nobody asked for it`
        return isForce && !intent.is_force
          ? `${channelPoint} is closed by force unasked`
          : undefined
      },
    }
  },
}

/** Money rule 18. */
const haltedMeansNoOpen: Invariant = {
  name: 'halted-means-no-open',
  says: 'While outgoing money is halted no call that opens a channel is recorded.',
  begin(witness) {
    return {
      commit({ rows }) {
        for (const { table, before, after } of rows) {
          if (table !== 'channel_intents' || !before || !after) continue
          if (before.calls === after.calls) continue
          if (witness.books.row('safety', witness.publicKey)?.is_halted)
            return `${after.id} was asked for while halted`
        }
        return undefined
      },
    }
  },
}

/** Nothing waits for ever. */
const openingsEnd: Invariant = {
  name: 'openings-end',
  says: 'In the end every opening is open, failed or abandoned, unless its funding still waits for a block.',
  begin(witness) {
    return {
      end() {
        for (const intent of witness.books.table('channel_intents').values()) {
          const state = textOf(intent, 'state')
          if (state === 'intended' || state === 'opening')
            return `${intent.id} is still ${state} (${intent.reason})`
          if (state !== 'pending') continue
          const shown = witness.truth
            .channels()
            .find(({ channelPoint }) => channelPoint === intent.channel_point)
          if (shown && shown.list !== 'opening')
            return `${intent.id} is pending, and LND has its channel ${shown.list}`
        }
        return undefined
      },
    }
  },
}

/** A blacklist is for good, so it needs a reason that holds. */
const blacklistedForCause: Invariant = {
  name: 'blacklisted-for-cause',
  says: 'A peer is blacklisted only when it closed a channel that we had not asked LND to close, or by the operator.',
  begin(witness) {
    const closedByUs = new Set<string>()
    return {
      step({ name, parameters }) {
        if (name === 'lightning.opener.close/before')
          closedByUs.add((parameters[0] as CloseChannel).channelPoint)
        return undefined
      },
      commit(commit) {
        for (const { row, to } of stateChanges(commit, 'peer_marks')) {
          if (to !== 'blacklisted' || row.reason === 'operator') continue
          const unprovoked = [...witness.books.table('channels').values()].some(
            ({ peer, closed_by: by, channel_point: point }) =>
              peer === row.peer && by === 'peer' && !closedByUs.has(point as string),
          )
          if (!unprovoked) return `${row.peer} is blacklisted for ${row.reason}`
        }
        return undefined
      },
    }
  },
}

/** All about channels. */
export const channelInvariants: readonly Invariant[] = [
  openingsGoForward,
  openedAsIntended,
  oneChannelPerIntent,
  openBudgetHolds,
  noCloseUnasked,
  haltedMeansNoOpen,
  openingsEnd,
  blacklistedForCause,
]

/** Intents write their id into the memo. */
function intentOf({ books }: Witness, memo: string): MirrorRow | undefined {
  for (const intent of books.table('channel_intents').values()) {
    if (memo.includes(textOf(intent, 'id'))) return intent
  }
  return undefined
}

/** What an opening costs or may cost; nothing when it failed. */
function costOf(intent: MirrorRow): bigint {
  if (intent.state === 'failed' || intent.state === 'abandoned') return 0n
  return (intent.fee_msat as bigint | null) ?? msatOf(intent, 'fee_limit_msat')
}
