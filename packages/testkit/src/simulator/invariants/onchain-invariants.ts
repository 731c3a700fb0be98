import type { PaidOutput } from '../../network/simulated-network.ts'
import type { MirrorRow } from '../mirror-books.ts'
import type { Invariant, Witness } from './invariant.ts'
import { insertedRows, msatOf, stateChanges, textOf } from './read-commit.ts'
import { isOnchain, isUnpaid } from './read-payouts.ts'

/** The step at which the network has a transaction. */
const publishEffect = 'lightning.onchain.publish/effect'

/** Money rule 6, by the whole chain and the mempool. */
const paidOnChainOnce: Invariant = {
  name: 'paid-on-chain-once',
  says: 'An address is paid by one transaction for each payout at most, with exactly what is owed; in the end each payout that succeeded is in a block, and no other is.',
  begin(witness) {
    const judgeAll = (isEnd: boolean): string | undefined => {
      const byAddress = Map.groupBy(
        [...witness.books.table('payouts').values()].filter(isOnchain),
        (row) => textOf(row, 'destination'),
      )
      for (const [address, owed] of witness.records.addresses) {
        const found = judgeDebt(witness, address, owed)
        if (found) return found
      }
      for (const [address, rows] of byAddress) {
        const found = judgeAddress(witness, address, rows, isEnd)
        if (found) return found
      }
      return undefined
    }
    return {
      commit: ({ rows }) =>
        rows.some(({ table }) => table === 'transactions') ? judgeAll(false) : undefined,
      step: ({ name }) => (name === publishEffect ? judgeAll(false) : undefined),
      end: () => judgeAll(true),
    }
  },
}

/** An address that was given out for one payment. */
function judgeDebt(witness: Witness, address: string, owedSat: bigint | null): string | undefined {
  const outputs = witness.truth.outputsTo(address)
  if (outputs.length > 1) return `${address} is paid by ${outputs.length} transactions`
  const [paid] = outputs
  return paid && owedSat !== null && paid.amountSat !== owedSat
    ? `${address} gets ${paid.amountSat} sat, ${owedSat} are owed`
    : undefined
}

function judgeAddress(
  witness: Witness,
  address: string,
  rows: readonly MirrorRow[],
  isEnd: boolean,
): string | undefined {
  // What newer books have paid, an older copy cancels.
  if (witness.records.wasRestored) return undefined
  const outputs = witness.truth.outputsTo(address)
  const owed = rows.filter((row) => !isUnpaid(row)).map((row) => msatOf(row, 'amount_msat'))
  const charged = rows.filter((row) => wasGivenUp(row))
  let paidAfterAll = 0
  for (const { amountSat, transactionId, confirmations } of outputs) {
    const back = charged.findIndex((row) => isPaidBy(witness, row, transactionId, amountSat))
    if (back >= 0) {
      charged.splice(back, 1)
      if (confirmations > 0) paidAfterAll++
      continue
    }
    const at = owed.indexOf(amountSat * 1000n)
    if (at < 0) return `${transactionId} pays ${amountSat} sat to ${address}, which nobody is owed`
    owed.splice(at, 1)
  }
  if (!isEnd) return undefined
  const confirmed = outputs.filter(({ confirmations }) => confirmations > 0).length
  const succeeded = rows.filter(({ state }) => state === 'succeeded').length
  return confirmed - paidAfterAll === succeeded
    ? undefined
    : `${address} is paid ${confirmed} times in blocks, and ${succeeded} payouts to it succeeded`
}

/** The operator's word ended it, against or without the chain's. */
function wasGivenUp({ state, transaction, reason }: MirrorRow): boolean {
  const byWord = reason === 'resolved-by-operator' || reason === 'revived'
  return state === 'failed' && transaction != null && byWord
}

function isPaidBy({ books }: Witness, row: MirrorRow, id: string, amountSat: bigint): boolean {
  const made = books.row('transactions', textOf(row, 'transaction'))
  return made?.transaction_id === id && row.amount_msat === amountSat * 1000n
}

/** What is charged for a payout whose transaction was given up. */
const revived = 'correction/revived/'

/** Blocks after which what came of a transaction must be in the books. */
const finalAfter = 10

/** The operator's word is not the chain's. */
const revivedIsCharged: Invariant = {
  name: 'revived-is-charged',
  says: 'A payout on chain is resolved as failed only while nothing shows that its transaction may confirm; when it confirms all the same, its partner is charged for it, once, and otherwise never.',
  begin(witness) {
    const paymentOf = (row: MirrorRow): PaidOutput | undefined =>
      witness.truth
        .outputsTo(textOf(row, 'destination'))
        .find(({ transactionId, amountSat }) => isPaidBy(witness, row, transactionId, amountSat))
    return {
      commit(commit) {
        for (const { row, to } of stateChanges(commit, 'payouts')) {
          if (to !== 'failed' || !isOnchain(row) || !wasGivenUp(row)) continue
          if (!witness.records.coinLost) return `${row.id} is given up, and no coin was lost`
        }
        for (const booked of insertedRows(commit, 'ledger_transactions')) {
          const id = textOf(booked, 'id')
          if (!id.startsWith(revived)) continue
          const row = witness.books.row('payouts', id.slice(revived.length))
          if (!row || !wasGivenUp(row)) return `${id} charges what was not given up`
          if (!paymentOf(row)) return `${id} is charged, and was not paid`
          const paid = -insertedRows(commit, 'postings')
            .filter(({ transaction, account }) => transaction === id && isOf(row, account))
            .reduce((sum, posting) => sum + msatOf(posting, 'amount_msat'), 0n)
          if (paid < msatOf(row, 'amount_msat')) return `${id} charges ${paid} msat only`
        }
        return undefined
      },
      end() {
        if (witness.records.wasRestored) return undefined
        for (const row of witness.books.table('payouts').values()) {
          if (!isOnchain(row) || !wasGivenUp(row)) continue
          const key = [witness.publicKey, `${revived}${row.id}`] as const
          const confirmations = paymentOf(row)?.confirmations ?? 0
          if (confirmations > finalAfter && !witness.books.row('ledger_transactions', ...key))
            return `${row.id} failed by the operator's word, is paid, and is not charged`
        }
        return undefined
      },
    }
  },
}

function isOf({ partner }: MirrorRow, account: unknown): boolean {
  return account === `partner/${partner}` || account === `debt/${partner}`
}

/** Money rule 6. */
const storedBeforePublished: Invariant = {
  name: 'stored-before-published',
  says: 'LND is handed the stored bytes of a transaction and no others, and stored bytes never change.',
  begin: (witness) => ({
    commit({ rows }) {
      for (const { table, before, after } of rows) {
        if (table !== 'transactions' || !before?.raw) continue
        if (!after?.raw || hex(after.raw) !== hex(before.raw))
          return `the bytes of ${textOf(before, 'id')} were changed after they were stored`
      }
      return undefined
    },
    step({ name, parameters }) {
      if (name !== 'lightning.onchain.publish/before') return undefined
      const [raw, label] = parameters
      const [, id] = /^payment-node:(?:payouts|bump):(.+)$/.exec(String(label)) ?? []
      if (id === undefined) return undefined
      const stored = witness.books.row('transactions', id)?.raw
      if (!stored) return `${id} is published, and its bytes are not stored`
      return hex(stored) === hex(raw)
        ? undefined
        : `${id} is published with other bytes than stored`
    },
  }),
}

/** States in which a transaction or an opening holds its inputs. */
const holding = new Set([
  'intended',
  'funded',
  'signed',
  'published',
  'confirmed',
  'opening',
  'pending',
])

/** Money rules 6 and 7. */
const inputsNeverShared: Invariant = {
  name: 'inputs-never-shared',
  says: 'No coin is the input of two transactions or openings that live.',
  begin: (witness) => ({
    commit({ rows }) {
      const isTouched = rows.some(
        ({ table, before }) =>
          (table === 'transactions' || table === 'channel_intents') && before === undefined,
      )
      if (!isTouched) return undefined
      const holders = new Map<string, string>()
      for (const [table, column] of [
        ['transactions', 'inputs'],
        ['channel_intents', 'outpoints'],
      ] as const) {
        for (const row of witness.books.table(table).values()) {
          if (!holding.has(textOf(row, 'state'))) continue
          for (const outpoint of (row[column] as readonly string[] | null) ?? []) {
            const other = holders.get(outpoint)
            if (other !== undefined) return `${outpoint} is spent by ${other} and ${row.id}`
            holders.set(outpoint, textOf(row, 'id'))
          }
        }
      }
      return undefined
    },
  }),
}

/** Money rule 10. */
const feesBounded: Invariant = {
  name: 'fees-bounded',
  says: 'No payment costs more than its fee limit, no transaction more than its own, none is made above the hard ceiling, and speeding up stays within its budget.',
  begin: (witness) => ({
    commit({ rows }) {
      for (const { table, after } of rows) {
        if (table === 'payouts' && after?.state === 'succeeded' && !isOnchain(after)) {
          if (msatOf(after, 'fee_msat') > msatOf(after, 'fee_limit_msat'))
            return `${after.id} cost ${after.fee_msat} msat, its limit is ${after.fee_limit_msat}`
        }
        if (table === 'spending' && after?.purpose === 'bump-transactions') {
          if (msatOf(after, 'amount_msat') > witness.bumpBudgetPerDayMsat)
            return `speeding up costs ${after.amount_msat} msat on ${after.period}`
        }
        const found = table === 'transactions' && after && judgeFee(witness, after)
        if (found) return found
      }
      return undefined
    },
  }),
}

function judgeFee({ hardCeiling }: Witness, row: MirrorRow): string | undefined {
  const fee = (row.fee_msat as bigint | null) ?? 0n
  const id = textOf(row, 'id')
  if (fee > msatOf(row, 'fee_limit_msat'))
    return `${id} costs ${fee} msat, its limit is ${row.fee_limit_msat}`
  // A child pays for its parent as well: its own feerate says nothing.
  if (row.purpose === 'bump') return undefined
  if ((row.sat_per_kvb as number) > 1000 * hardCeiling)
    return `${id} is made for ${row.sat_per_kvb} sat/kvB, above the ceiling of ${hardCeiling} sat/vB`
  const size = row.virtual_bytes as number | null
  // LND rounds up to whole satoshi.
  const most = size === null ? fee : (BigInt(hardCeiling) * BigInt(size) + 1n) * 1000n
  return row.raw && fee > most ? `${id} costs ${fee} msat for ${size} vB` : undefined
}

/** Transactions that pay partners. */
export const onchainInvariants: readonly Invariant[] = [
  paidOnChainOnce,
  revivedIsCharged,
  storedBeforePublished,
  inputsNeverShared,
  feesBounded,
]

function hex(bytes: unknown): string {
  return Buffer.from(bytes as Uint8Array).toString('hex')
}
