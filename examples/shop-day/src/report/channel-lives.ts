import type { ChannelNews } from '../day-record.ts'
import type { PlayedDay } from '../finish-day.ts'

/** What a channel was for a while. */
export interface Phase {
  readonly state: Exclude<ChannelNews['state'], 'closed' | 'failed'>
  readonly from: number
  readonly to: number
}

/** One channel, or one opening that failed, from its first to its last moment of the day. */
export interface ChannelLife {
  /** The peer's alias. */
  readonly peer: string
  readonly openedBy: 'keeper' | 'operator' | 'peer'
  readonly capacityMsat: bigint
  readonly phases: readonly Phase[]
  /** When it was first wanted or seen. */
  readonly from: number
  /** First time that it could be used. */
  readonly activeAt: number | null
  /** When it was closed, or not opened. */
  readonly endedAt: number | null
  /** `too-small`, `unprovoked`, …; null while it lives. */
  readonly endedBecause: string | null
  /** What opening it cost; null where others paid, or nothing was opened. */
  readonly openingMsat: bigint | null
  /** The peer whose channel it replaced. */
  readonly replaced: string | null
}

/** In the order in which they began. */
export function channelLives(day: PlayedDay): ChannelLife[] {
  const { record, evidence, aliases } = day
  const end = Math.max(...record.lines.map(({ at }) => at))
  const newsOf = Map.groupBy(record.channels, ({ subject }) => subject)
  const lives = [...newsOf].map(([subject, news]) => {
    const { peer, capacityMsat, isOurs } = news[0]!
    const last = news.at(-1)!
    const isOver = last.state === 'closed' || last.state === 'failed'
    const intent = evidence.books.intents.find((one) =>
      [one.channelPoint, one.id].includes(subject),
    )
    return {
      peer: aliases.get(peer) ?? peer.slice(0, 10),
      openedBy: isOurs ? ((intent?.source ?? 'operator') as 'keeper' | 'operator') : 'peer',
      capacityMsat: capacityMsat ?? intent?.capacityMsat ?? 0n,
      phases: phasesOf(news, intent?.createdAt, end),
      from: intent?.createdAt ?? news[0]!.at,
      activeAt: news.find(({ state }) => state === 'active')?.at ?? null,
      endedAt: isOver ? (news.find(({ state }) => state === 'closing')?.at ?? last.at) : null,
      endedBecause: isOver ? (news.findLast(({ reason }) => reason)?.reason ?? 'unknown') : null,
      openingMsat: intent?.feeMsat ?? null,
    } as const
  })
  lives.sort((a, b) => a.from - b.from)
  return withReplacements(lives)
}

/** An opening by the keeper after a channel of its own was lost is the one in its place. */
function withReplacements(lives: readonly Omit<ChannelLife, 'replaced'>[]): ChannelLife[] {
  const lost = lives.filter((one) => one.openedBy === 'keeper' && one.activeAt && one.endedAt)
  return lives.map((life) => {
    const isReplacement = life.openedBy === 'keeper' && life.activeAt !== null
    const at = isReplacement ? lost.findIndex(({ endedAt }) => life.from >= endedAt!) : -1
    const [replaced] = at < 0 ? [] : lost.splice(at, 1)
    return { ...life, replaced: replaced?.peer ?? null }
  })
}

function phasesOf(
  news: readonly ChannelNews[],
  intendedAt: number | undefined,
  end: number,
): Phase[] {
  const phases: Phase[] = []
  const add = (phase: Phase): void => {
    const last = phases.at(-1)
    if (last?.state === phase.state) phases[phases.length - 1] = { ...phase, from: last.from }
    else phases.push(phase)
  }
  const first = news[0]!
  if (intendedAt !== undefined && intendedAt < first.at) {
    add({ state: 'opening', from: intendedAt, to: first.at })
  }
  news.forEach(({ state, at }, index) => {
    if (state !== 'closed' && state !== 'failed') {
      add({ state, from: at, to: news[index + 1]?.at ?? end })
    }
  })
  return phases
}
