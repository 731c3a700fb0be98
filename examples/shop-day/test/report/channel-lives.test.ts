import { expect, test } from 'vitest'
import type { ChannelNews } from '../../src/day-record.ts'
import { channelLives } from '../../src/report/channel-lives.ts'
import { soundEvidence } from '../audit/sound-evidence.ts'

test('a channel lives from the wish for it to its close; the next one of the keeper is in its place', () => {
  const evidence = soundEvidence()
  const intents = evidence.books.intents.map((one, index) => ({ ...one, createdAt: 100 * index }))
  const news = (
    at: number,
    state: ChannelNews['state'],
    subject: string,
    more: Partial<ChannelNews> = {},
  ): ChannelNews => ({
    ...{
      at,
      state,
      subject,
      peer: `${subject} peer`,
      capacityMsat: 5n,
      isOurs: true,
      reason: null,
    },
    ...more,
  })
  const channels = [
    news(10, 'opening', 'funding-1:0'),
    news(20, 'active', 'funding-1:0'),
    news(60, 'active', 'theirs:0', { isOurs: false }),
    news(110, 'failed', 'o2', { capacityMsat: null, reason: 'too-small' }),
    news(150, 'closing', 'funding-1:0'),
    news(160, 'closed', 'funding-1:0', { reason: 'unprovoked' }),
    news(210, 'opening', 'funding-2:1'),
    news(220, 'active', 'funding-2:1'),
    news(230, 'inactive', 'funding-2:1'),
  ]
  const lives = channelLives({
    ...{ title: '', receivableMsat: null, isPrecise: false, next: '' },
    keeper: { active: 1, wanted: 2, budgetMsat: 0n },
    aliases: new Map([['funding-1:0 peer', 'harbor']]),
    evidence: { ...evidence, books: { ...evidence.books, intents } },
    record: {
      ...{ channels, samples: [], payments: [], kills: [], outages: [] },
      lines: [{ at: 300, kind: 'shop', text: 'closes' }],
    },
  })
  const life = { endedAt: null, endedBecause: null, openingMsat: null, replaced: null }
  expect(lives).toEqual([
    {
      ...life,
      ...{ peer: 'harbor', openedBy: 'keeper', capacityMsat: 5n, openingMsat: 1_078_000n },
      ...{ from: 0, activeAt: 20, endedAt: 150, endedBecause: 'unprovoked' },
      phases: [
        { state: 'opening', from: 0, to: 20 },
        { state: 'active', from: 20, to: 150 },
        { state: 'closing', from: 150, to: 160 },
      ],
    },
    {
      ...life,
      ...{ peer: 'theirs:0 p', openedBy: 'peer', capacityMsat: 5n, from: 60, activeAt: 60 },
      phases: [{ state: 'active', from: 60, to: 300 }],
    },
    {
      ...life,
      ...{ peer: 'o2 peer', openedBy: 'keeper', capacityMsat: 2_000_000_000n, from: 100 },
      ...{ activeAt: null, endedAt: 110, endedBecause: 'too-small' },
      phases: [{ state: 'opening', from: 100, to: 110 }],
    },
    {
      ...life,
      ...{ peer: 'funding-2:', openedBy: 'keeper', capacityMsat: 5n, openingMsat: 1_500_000n },
      ...{ from: 200, activeAt: 220, replaced: 'harbor' },
      phases: [
        { state: 'opening', from: 200, to: 220 },
        { state: 'active', from: 220, to: 230 },
        { state: 'inactive', from: 230, to: 300 },
      ],
    },
  ])
})
