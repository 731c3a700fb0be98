import type { ChannelOpening } from '@payment-node/core'
import type { Trouble } from '../terminal/describe-error.ts'
import { formatDate } from '../terminal/format-date.ts'
import { exactSat } from '../terminal/format-sat.ts'
import { shortKey } from '../terminal/short-key.ts'
import type { KeeperBooks } from './read-keeper.ts'

/** One line about the keeper. */
export interface KeeperLine {
  readonly name: string
  readonly says: string
  readonly tone: 'good' | 'doubtful' | 'bad' | 'plain'
}

/** What matters of the keeper, in a few lines; the first is always there. */
export function describeKeeper(keeper: KeeperBooks | Trouble): KeeperLine[] {
  if ('code' in keeper) return [line('keeper', `not read. ${keeper.says}`, 'doubtful')]
  const { mode, isPaused, pausedReason, list, openings, listTroubles } = keeper
  const troubles = listTroubles.map(({ says }) => line('list', says, 'bad'))
  const marks = describeMarks(keeper)
  const isIdle = list.size === 0 && openings.length === 0 && marks.length === 0
  if (isIdle) {
    const says = 'no list of peers is configured (channelSources)'
    return troubles.length > 0
      ? [line('keeper', mode, 'plain'), ...troubles]
      : [line('keeper', says)]
  }
  return [
    isPaused ? line('keeper', `${mode}, paused: ${pausedReason}`, 'bad') : line('keeper', mode),
    ...troubles,
    describeCount(keeper),
    ...describeDecision(keeper),
    ...openings.map(describeOpening),
    describeBudget(keeper),
    ...marks,
  ]
}

function line(name: string, says: string, tone: KeeperLine['tone'] = 'plain'): KeeperLine {
  return { name, says, tone }
}

function describeCount({ active, wanted, counted, minimum, belowSince }: KeeperBooks): KeeperLine {
  const parts = [`${active} of ${wanted} channels to listed peers active`]
  if (counted > active) parts.push(`${counted} counted`)
  if (wanted < minimum) parts.push(`${minimum - wanted} closed by you are not replaced`)
  if (belowSince !== null) parts.push(`too few since ${formatDate(belowSince)} UTC`)
  return line('peers', parts.join(', '), active < wanted ? 'bad' : 'good')
}

function describeDecision({ decision }: KeeperBooks): KeeperLine[] {
  if (!decision) return [line('decided', 'nothing yet')]
  const { verdict, reason, decidedAt, details } = decision
  const { says } = details as { says?: unknown }
  const what = verdict === reason ? verdict : `${verdict} (${reason})`
  const why = verdict === 'enough' || typeof says !== 'string' ? '' : `: ${says}`
  const tone = ({ enough: 'good', open: 'good', wait: 'plain', blocked: 'bad' } as const)[verdict]
  return [line('decided', `${what}, ${formatDate(decidedAt)} UTC${why}`, tone)]
}

function describeOpening({ peer, alias, capacity, state, reason, createdAt }: ChannelOpening) {
  const why = reason === null ? '' : ` (${reason})`
  const says = `${alias ?? shortKey(peer)}, ${exactSat(capacity)}: ${state}${why} since ${formatDate(createdAt)} UTC`
  return line('opening', says)
}

function describeBudget({ budget: { used, limit, left, period } }: KeeperBooks): KeeperLine {
  const says = `${exactSat(used)} of ${exactSat(limit)} used in ${period}`
  return line('budget', says, left.msat === 0n ? 'bad' : 'plain')
}

function describeMarks({ marks }: KeeperBooks): KeeperLine[] {
  const words = { blacklisted: 'blacklisted', 'cooling-down': 'cooling down' } as const
  const parts = Object.entries({ ...words, 'closed-by-operator': 'closed by you' } as const)
    .map(([state, word]) => ({ count: marks[state as keyof typeof marks], word }))
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${count} ${word}`)
  return parts.length > 0 ? [line('marked', parts.join(', '))] : []
}
