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
import { heldRefunds } from './held-refunds.ts'
import { invoiceMetadata, invoiceRefunds, invoices } from './invoices.ts'
import { jobs } from './jobs.ts'
import { decisions, keepers, peerMarks } from './keeper.ts'
import {
  accountCheckpoints,
  balances,
  ledgerTransactions,
  postings,
  proofs,
  statementEntries,
  uncountedPostings,
} from './ledger.ts'
import { autopilots, drainedChannels, liquidityRuns } from './liquidity.ts'
import { consumers, cursors, keys, nodeStates, nodes, safety } from './node.ts'
import { operatorFeeDays, partnerDays, partnerDestinations, partners } from './partners.ts'
import { attempts, dayTotals, payouts, usedHashes } from './payouts.ts'
import {
  liquidityBudgets,
  swapClaims,
  swapKeys,
  swapProviders,
  swaps,
  swapTotals,
} from './swaps.ts'
import type { AnyTable } from './table.ts'
import {
  feeObservations,
  signedTransactions,
  transactionOutputs,
  transactions,
} from './transactions.ts'
import { webhookDeliveries, webhookEndpoints } from './webhooks.ts'

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

const newInVersion3: readonly AnyTable[] = [
  partnerDestinations,
  partnerDays,
  operatorFeeDays,
  invoiceRefunds,
  heldRefunds,
  transactions,
  signedTransactions,
  transactionOutputs,
  feeObservations,
  webhookEndpoints,
  webhookDeliveries,
  statementEntries,
  proofs,
  accountCheckpoints,
  uncountedPostings,
  swaps,
  swapClaims,
  swapKeys,
  swapProviders,
  swapTotals,
  liquidityBudgets,
  liquidityRuns,
  autopilots,
  drainedChannels,
]

/** Columns that a table of version 1 did not have yet. */
const addedInVersion2: Readonly<Record<string, readonly string[]>> = {
  channels: ['ownership', 'intent', 'channel_id', 'inactive_since', 'closed_at', 'attribution'],
  safety: ['cause'],
}

/** Columns that came with version 3. */
const addedInVersion3: Readonly<Record<string, readonly string[]>> = {
  partners: [
    'has_automatic_payouts',
    'minimum_payout_msat',
    'fees_paid_by',
    'fee_ppm',
    'fee_fixed_msat',
    'cap_per_payout_msat',
    'cap_per_day_msat',
    'available_after',
  ],
  invoices: [
    'commission_ppm',
    'commission_fixed_msat',
    'fee_msat',
    'commission_msat',
    'available_at',
    'is_adopted',
    'traceparent',
  ],
  payouts: [
    'purpose',
    'invoice',
    'fees_paid_by',
    'debt_msat',
    'is_quick',
    'ceiling_sat_per_kvb',
    'deadline',
    'is_released',
    'transaction',
    'times_behind',
    'traceparent',
    'swap',
    'claim_transaction',
    'claim_height',
  ],
  node_states: ['uncompared_since'],
  safety: ['times_behind'],
  channels: ['no_close_before', 'under_way_msat'],
  close_intents: ['decision', 'worst_cost_msat', 'budget_period'],
  ledger_transactions: ['note'],
}

/** Append only: a step that has been released never changes. */
const steps: readonly SchemaStep[] = [
  ...inVersion1.map((table) => ({
    version: 1,
    create: without(table, [
      ...(addedInVersion2[table.name] ?? []),
      ...(addedInVersion3[table.name] ?? []),
    ]),
  })),
  ...newInVersion2.map((table) => ({
    version: 2,
    create: without(table, addedInVersion3[table.name] ?? []),
  })),
  ...Object.entries(addedInVersion2).flatMap(([table, columns]) =>
    columns.map((addColumn) => ({ version: 2, table, addColumn })),
  ),
  ...newInVersion3.map((create) => ({ version: 3, create })),
  ...Object.entries(addedInVersion3).flatMap(([table, columns]) =>
    columns.map((addColumn) => ({ version: 3, table, addColumn })),
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
  version: 3,
  // Releases of the versions before book without `uncounted_postings`, and know no on-chain payouts.
  minimumReader: 3,
  tables: [...inVersion1, ...newInVersion2, ...newInVersion3],
  steps,
}
