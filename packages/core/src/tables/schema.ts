import type { Schema, SchemaStep } from '../ports/storage.ts'
import { channels } from './channels.ts'
import { invoiceMetadata, invoices } from './invoices.ts'
import { jobs } from './jobs.ts'
import { balances, ledgerTransactions, postings } from './ledger.ts'
import { consumers, cursors, keys, nodeStates, nodes, safety } from './node.ts'
import { partners } from './partners.ts'
import { attempts, dayTotals, payouts, usedHashes } from './payouts.ts'
import type { AnyTable } from './table.ts'

const tables: readonly AnyTable[] = [
  nodes,
  nodeStates,
  cursors,
  safety,
  keys,
  consumers,
  partners,
  invoices,
  invoiceMetadata,
  payouts,
  attempts,
  usedHashes,
  dayTotals,
  ledgerTransactions,
  postings,
  balances,
  channels,
  jobs,
]

/** Append only: a step that has been released never changes. */
const steps: readonly SchemaStep[] = tables.map((create) => ({ version: 1, create }))

/** All tables of core, and how older books become these. */
export const schema: Schema = { version: 1, minimumReader: 1, tables, steps }
