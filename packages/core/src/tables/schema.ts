import type { Schema, SchemaStep } from '../ports/storage.ts'
import {
  channelIntents,
  claimedOutpoints,
  closeIntents,
  openingSlots,
  spending,
} from './channel-intents.ts'
import { channels } from './channels.ts'
import { differences, intentCounters } from './comparison.ts'
import { forwardDays, forwards } from './forwards.ts'
import { invoiceMetadata, invoices } from './invoices.ts'
import { jobs } from './jobs.ts'
import { decisions, keepers, peerMarks } from './keeper.ts'
import { balances, ledgerTransactions, postings } from './ledger.ts'
import { consumers, cursors, keys, nodeStates, nodes, safety } from './node.ts'
import { partners } from './partners.ts'
import { attempts, dayTotals, payouts, usedHashes } from './payouts.ts'
import type { AnyTable } from './table.ts'

const inVersion1: readonly AnyTable[] = [
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

const newInVersion2: readonly AnyTable[] = [
  channelIntents,
  openingSlots,
  claimedOutpoints,
  closeIntents,
  spending,
  peerMarks,
  keepers,
  decisions,
  forwards,
  forwardDays,
  intentCounters,
  differences,
]

/** Columns that a table of version 1 did not have yet. */
const addedInVersion2: Readonly<Record<string, readonly string[]>> = {
  channels: ['ownership', 'intent', 'channel_id', 'inactive_since', 'closed_at', 'attribution'],
  safety: ['cause'],
}

/** Append only: a step that has been released never changes. */
const steps: readonly SchemaStep[] = [
  ...inVersion1.map((table) => ({
    version: 1,
    create: without(table, addedInVersion2[table.name] ?? []),
  })),
  ...newInVersion2.map((create) => ({ version: 2, create })),
  ...Object.entries(addedInVersion2).flatMap(([table, columns]) =>
    columns.map((addColumn) => ({ version: 2, table, addColumn })),
  ),
]

/** A table as it was before it got these columns. */
function without(table: AnyTable, columns: readonly string[]): AnyTable {
  if (columns.length === 0) return table
  const kept = Object.entries(table.columns).filter(([name]) => !columns.includes(name))
  return { ...table, columns: Object.fromEntries(kept) as AnyTable['columns'] }
}

/** All tables of core, and how older books become these. */
export const schema: Schema = {
  version: 2,
  minimumReader: 1,
  tables: [...inVersion1, ...newInVersion2],
  steps,
}
