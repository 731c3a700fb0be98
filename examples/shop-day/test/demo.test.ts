import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TwoShopsState } from '../src/two-shops/page-state.ts'
import type { PlayedShops } from '../src/two-shops/play-two-shops.ts'
import type { MarkerKind } from '../src/two-shops/record.ts'

const folder = mkdtempSync(join(tmpdir(), 'demo-'))
afterAll(() => rmSync(folder, { recursive: true }))
const report = join(folder, 'report.html')

let lines: string[]
beforeAll(async () => {
  const demo = join(import.meta.dirname, '..', 'src', 'demo.ts')
  const flags = ['--conditions=dev-source', demo, '--fast', '--report', report]
  // Fails when the demo exits with anything but 0.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, flags)
  expect(stderr).toBe('')
  lines = stdout.trimEnd().split('\n')
}, 240_000)

function summary(name: string): string {
  return lines.find((line) => line.startsWith(name.padEnd(17)))!.slice(18)
}

test('the day ends well by everybody’s records, with every kind of end in it', () => {
  expect(lines.slice(-18).map((line) => line.slice(0, 17).trim())).toEqual([
    'receivable now',
    'owed to partners',
    'ledger',
    'lost',
    'paid twice',
    'kills survived',
    'invoices',
    'payouts',
    'fees paid',
    'channels',
    'channels cost',
    'channels audit',
    'with the library',
    'without it',
    'paid to partners',
    'kept as profit',
    'page',
    'next',
  ])
  expect(summary('ledger')).toMatch(/^sums to 0 msat over \d+ facts, 0 of them unbalanced$/)
  expect(summary('lost')).toMatch(/^0 sat,/)
  expect(summary('paid twice')).toBe('0 of 13 debts, credited twice 0')
  expect(summary('kills survived')).toBe('4 of 4, 0 settled invoices untold')
  expect(summary('invoices')).toMatch(/^\d+ settled, 1 expired, 1 canceled \(1 late\)$/)
  expect(summary('payouts')).toBe('8 succeeded, 2 failed')
  expect(summary('channels')).toBe(
    '3 of 3 active; 4 opened by the keeper, ridge in place of harbor, 2 not opened',
  )
  expect(summary('channels cost')).toMatch(
    /^opening [1-9].* of a budget of 30,000 sat, closing [1-9]/,
  )
  expect(summary('channels audit')).toMatch(/^0 not as meant by LND's word, 0 sat of on-chain fees/)
})

test('the timeline tells each turn of the story', () => {
  // As it was told: a long line goes on under itself.
  const told = lines.join(' ').replaceAll(/ +/g, ' ')
  const turns = [
    '0 of 3 channels.',
    'deposit address: bcrt1p',
    'found again in LND by its memo, not opened twice',
    'granite (too-small): left alone',
    'cliff (peer-unreachable): left alone',
    'harbor is on the blacklist for good: unprovoked (cooperative, by the peer',
    'but nothing is opened at any price',
    'in place of harbor: 2,000,000 sat with ridge',
    'split over 2 channels',
    'paid by Ben: all credited',
    'marked as late',
    'failed for certain (no-route)',
    'the wallet has 30,000 sat',
    'degraded: unreachable',
    'unknown (the wallet says settled)',
    'gives the same payout, still unknown',
    'safety.halted',
    'gives the very invoice that LND has',
    'all five are credited',
    'degraded: locked',
    'the cap per-payout is',
    'the cap per-day is',
    'held, then given back',
  ]
  expect(turns.filter((turn) => !told.includes(turn))).toEqual([])
})

test('it can be read in 100 columns and without a terminal', () => {
  // The page's path is as long as it is, and a value is not torn.
  const story = lines.slice(0, -6)
  expect(story.filter((line) => line.length > 100)).toEqual([])
  expect(lines.filter((line) => line.includes('\u001b'))).toEqual([])
})

test('the page opens without a network and shows what happened', () => {
  const page = readFileSync(report, 'utf8')
  const markup = page.replaceAll(/<script>.*?<\/script>/gs, '')
  expect(markup).not.toMatch(/\b(src|href)=|@import|url\(/)
  expect(markup).toContain('Nothing lost, nothing paid twice')
  const data = JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)![1]!)
  expect(data.kills).toHaveLength(4)
  expect(data.outages).toHaveLength(2)
  expect(data.partners.toSorted()).toEqual(['bakery', 'bikes', 'farm'])
  const channels = data.channels as { label: string; isOurs: boolean; endedBecause: string }[]
  expect(channels.map(({ label, endedBecause }) => [label, endedBecause])).toEqual([
    ['north', null],
    ['granite', 'too-small'],
    ['cliff', 'peer-unreachable'],
    ['south', null],
    ['harbor', 'unprovoked'],
    ['anna (its own)', null],
    ['north (its own)', null],
    ['south (its own)', null],
    ['ridge', null],
  ])
  const settled = Number(/^(\d+) settled/.exec(summary('invoices'))![1])
  const kinds = Object.groupBy(data.payments as { kind: string }[], ({ kind }) => kind)
  expect([kinds.in?.length, kinds.out?.length, kinds.failed?.length]).toEqual([settled, 8, 2])
  const flows = data.flows as { received: number; paidOut: number; fees: number; owed: number }[]
  for (const { received, paidOut, fees, owed } of flows) {
    expect(paidOut + fees + owed).toBeCloseTo(received, 3)
  }
})

test('the two shops are on the page: what was done, why, and what the other one lost', () => {
  const page = readFileSync(report, 'utf8')
  const read = (id: string) =>
    JSON.parse(new RegExp(`id="${id}">(.*?)</script>`, 's').exec(page)![1]!)
  const { sides, markers, samples, lost } = read('two-shops') as TwoShopsState
  const explanations = read('explanations') as PlayedShops['explanations']
  const missing = Object.keys(kindsOfMarks).filter(
    (kind) => !markers.some((one) => one.kind === kind),
  )
  expect(missing).toEqual([])
  const silent = markers.filter(({ id, isExplained }) => isExplained && !explanations[id]?.length)
  expect(silent).toEqual([])
  // One comes down to the band in which the library acts, the other to where nobody can pay it any more.
  const lowest = (shares: readonly (number | null)[]): number =>
    Math.min(...shares.filter((share) => share !== null))
  expect(lowest(samples.map(([, share]) => share))).toBeLessThan(0.35)
  expect(lowest(samples.map(([, , share]) => share))).toBeLessThan(0.1)
  expect(sides.library.paid + sides.library.lost).toBe(sides.library.wanted)
  expect(sides.bare.paid + sides.bare.lost).toBe(sides.bare.wanted)
  expect(sides.bare.wanted).toBe(sides.library.wanted)
  expect(lost.filter(([, , , isLost]) => isLost)).toHaveLength(sides.bare.lost)
  expect(summary('without it')).toContain(
    `${sides.bare.paid} of ${sides.bare.wanted} purchases paid`,
  )
  // LND was away for half an hour, and that is all that the library's shop lost.
  expect(sides.library.reasons.map(([reason]) => reason)).toEqual(['node.unavailable'])
  expect(sides.bare.lost).toBeGreaterThan(sides.library.lost)
})

const kindsOfMarks = {
  ...{ opened: 1, drain: 1, swap: 1, 'swap-failed': 1, partner: 1 },
  ...{ blocked: 1, trouble: 1, back: 1, pressed: 1 },
} satisfies Readonly<Record<MarkerKind, 1>>
