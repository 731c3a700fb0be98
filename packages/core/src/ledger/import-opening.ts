import { type Context, type Identity, identityOf } from '../context.ts'
import { Amount, type AmountInput, readPositiveAmount } from '../domain/amount.ts'
import { bookImport, importId } from '../domain/ledger.ts'
import { invalid } from '../errors.ts'
import { findPartner } from '../partners/get-partner.ts'
import { readId, readObject } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { requireSameRequest } from '../same-request.ts'
import { ledgerTransactions, postings } from '../tables/ledger.ts'
import { postTransaction } from './post-transaction.ts'
import { type CorrectionOptions, readCorrectionOptions } from './read-correction-options.ts'
import { requireOperatorCovers } from './require-operator-covers.ts'

/** What the books before these owed a partner. */
export interface OpeningBalance {
  readonly partner: string
  readonly amount: AmountInput
}

/** What was taken over. */
export interface ImportedOpening {
  /** Booked by this call. */
  readonly imported: readonly string[]
  /** Booked by an earlier one, with the same amount. */
  readonly known: readonly string[]
  /** Of all of them. */
  readonly total: Amount
}

interface Opening {
  readonly partner: string
  readonly amount: Amount
}

const most = 1000

/**
 * Takes over what partners were owed by the books before these: from the operator, whose the node's money is
 * by the opening balance. Once per partner for ever, all of a call or none of it. Repeating is safe, also with more
 * partners; another amount for a partner is refused. Throws `input.invalid`, `partner.not-found`,
 * `ledger.operator-short`, `idempotency.conflict`.
 */
export async function importOpening(
  context: Context,
  entries: readonly OpeningBalance[],
  options: CorrectionOptions,
): Promise<ImportedOpening> {
  const openings = readOpenings(entries)
  const { idempotencyKey, allowNegativeOperator: mayGoBelow } = readCorrectionOptions(options)
  const identity = identityOf(context)
  const total = new Amount(sum(openings))
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const missing: Opening[] = []
    for (const opening of openings) {
      const earlier = await readImported(context, identity, opening.partner)
      if (earlier) requireSameRequest(textOf(earlier), textOf(opening), idempotencyKey)
      else missing.push(opening)
    }
    const imported = missing.map(({ partner }) => partner)
    const known = openings.map(({ partner }) => partner).filter((id) => !imported.includes(id))
    if (missing.length === 0) return { imported, known, total }
    for (const { partner } of missing) await findPartner(context, partner)
    if (!mayGoBelow) await requireOperatorCovers(context, sum(missing))
    const writes = missing.flatMap(({ partner, amount }) =>
      postTransaction(context, identity, {
        ...bookImport(partner, amount.msat),
        note: `opening balance, import ${idempotencyKey}`,
      }),
    )
    const isApplied = async (): Promise<boolean> =>
      (await readImported(context, identity, imported[0]!)) !== undefined
    if (!(await record(context, { writes }, isApplied))) return { imported, known, total }
  }
  throw tooContended('ledger.importOpening')
}

function readOpenings(entries: unknown): Opening[] {
  if (entries === undefined) throw invalid('balances', 'missing', 'expected an array')
  if (!Array.isArray(entries)) throw invalid('balances', 'wrong-type', 'expected an array')
  if (entries.length > most) throw invalid('balances', 'too-many', `at most ${most} at once`)
  const read = entries.map((entry: unknown, at) => {
    const field = `balances[${at}]`
    const { partner, amount } = readObject(entry, field, ['partner', 'amount'])
    return {
      partner: readId(partner, `${field}.partner`),
      amount: readPositiveAmount(amount, `${field}.amount`),
    }
  })
  const names = new Set<string>()
  for (const [at, { partner }] of read.entries()) {
    if (names.has(partner)) throw invalid(`balances[${at}].partner`, 'twice', 'is there twice')
    names.add(partner)
  }
  return read
}

async function readImported(
  context: Context,
  { publicKey }: Identity,
  partner: string,
): Promise<Opening | undefined> {
  const id = importId(partner)
  if (!(await context.storage.get(ledgerTransactions, [publicKey, id]))) return undefined
  const equals = [publicKey, id]
  const legs = await context.storage.find(postings, { index: 'key', equals, limit: 10 })
  const given = legs.find(({ account }) => account === 'operator')?.amount_msat ?? 0n
  return { partner, amount: new Amount(-given) }
}

function textOf({ partner, amount }: Opening): string {
  return JSON.stringify({ partner, amount })
}

function sum(openings: readonly Opening[]): bigint {
  return openings.reduce((total, { amount }) => total + amount.msat, 0n)
}
