import { relative } from 'node:path'
import { type Audit, auditDay, findFaults } from './audit/audit-day.ts'
import type { Evidence } from './audit/gather-evidence.ts'
import { inSat } from './clock-face.ts'
import type { DayRecord } from './day-record.ts'
import { paint } from './print-line.ts'
import { channelLives } from './report/channel-lives.ts'
import { writeReport } from './report/write-report.ts'
import type { PlayedShops } from './two-shops/play-two-shops.ts'
import { summarizeShops } from './two-shops/summarize-shops.ts'

/** A day that has been played. */
export interface PlayedDay {
  /** What it was, for a title. */
  readonly title: string
  readonly record: DayRecord
  readonly evidence: Evidence
  /** At the end. */
  readonly receivableMsat: bigint | null
  /** The keeper at the end. */
  readonly keeper: {
    readonly active: number
    readonly wanted: number
    /** Per month, for opening channels. */
    readonly budgetMsat: bigint
  }
  /** Names of the peers, by public key. */
  readonly aliases: ReadonlyMap<string, string>
  /** Seconds in the times. */
  readonly isPrecise: boolean
  /** Commands to try after this one. */
  readonly next: string
}

/** Audits the day, writes the page, prints the summary. Answers whether the day was a good one. */
export function finishDay(
  day: PlayedDay,
  options: {
    readonly reportFile: string
    readonly output: NodeJS.WritableStream
    /** Their story was played, too. */
    readonly shops?: PlayedShops
  },
): boolean {
  const { reportFile, output, shops } = options
  const audit = auditDay(day.evidence)
  const faults = [...findFaults(audit), ...(shops?.faults ?? [])]
  const summary = summarize(day, audit)
  writeReport(reportFile, day, summary, faults, shops)
  const inFolder = relative('', reportFile)
  const where = inFolder.startsWith('..') ? reportFile : inFolder
  const rows = [
    ...summary,
    ...(shops ? summarizeShops(shops.state) : []),
    ['page', where],
    ['next', day.next],
  ]
  for (const [name, value] of rows as [string, string][]) {
    output.write(`${paint(name.padEnd(17), 'bold', output)} ${value}\n`)
  }
  for (const fault of faults) output.write(`${paint(`FAULT: ${fault}`, 'red', output)}\n`)
  return faults.length === 0
}

/** What the day came to, as names and values for people. */
export function summarize(day: PlayedDay, audit: Audit): [string, string][] {
  const { evidence, record, receivableMsat, keeper } = day
  const { books } = evidence
  const facts = new Set(books.postings.map(({ transaction }) => transaction)).size
  const owed = [...audit.owedMsat].map(([partner, msat]) => `${partner} ${inSat(msat)}`)
  const survived = record.kills.filter(({ from, to }) => to > from).length
  const late = audit.late > 0 ? ` (${audit.late} late)` : ''
  return [
    ['receivable now', receivableMsat === null ? 'unknown: LND is away' : inSat(receivableMsat)],
    ['owed to partners', owed.join(', ')],
    [
      'ledger',
      `sums to ${audit.ledgerSumMsat} msat over ${facts} facts, ${audit.unbalanced} of them unbalanced`,
    ],
    ['lost', `${inSat(audit.lostMsat)}, by the books, the customers, the wallets and LND`],
    [
      'paid twice',
      `${audit.paidTwice} of ${evidence.debts.size} debts, credited twice ${audit.creditedTwice}`,
    ],
    [
      'kills survived',
      `${survived} of ${record.kills.length}, ${audit.untold} settled invoices untold`,
    ],
    ['invoices', inWords(audit.invoiceStates) + late],
    ['payouts', inWords(audit.payoutStates)],
    [
      'fees paid',
      `${inSat(audit.feesMsat)} for routing ${inSat(audit.paidOutMsat)} to the wallets`,
    ],
    ['channels', `${keeper.active} of ${keeper.wanted} active; ${channelsInWords(day)}`],
    [
      'channels cost',
      `opening ${inSat(audit.openingMsat)} of a budget of ${inSat(keeper.budgetMsat)}, closing ${inSat(audit.closingMsat)}`,
    ],
    [
      'channels audit',
      `${audit.strayChannels} not as meant by LND's word, ${inSat(audit.onchainOffMsat)} of on-chain fees booked otherwise`,
    ],
  ]
}

function channelsInWords(day: PlayedDay): string {
  const own = channelLives(day).filter(({ openedBy }) => openedBy === 'keeper')
  const opened = own.filter(({ activeAt }) => activeAt !== null)
  const replaced = opened.filter((one) => one.replaced !== null)
  const refused = own.length - opened.length
  const parts = [
    `${opened.length} opened by the keeper`,
    ...replaced.map((one) => `${one.peer} in place of ${one.replaced}`),
    ...(refused > 0 ? [`${refused} not opened`] : []),
  ]
  return parts.join(', ')
}

function inWords(states: ReadonlyMap<string, number>): string {
  return [...states].map(([state, times]) => `${times} ${state}`).join(', ')
}
