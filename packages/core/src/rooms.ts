import type { Channel } from './channels/channel-view.ts'
import { listChannels } from './channels/list-channels.ts'
import type { Context } from './context.ts'
import { eventsAfter } from './events/events-after.ts'
import type { AnyEvent } from './events.ts'
import { cancelInvoice } from './invoices/cancel-invoice.ts'
import { createInvoice, type InvoiceInput, type InvoiceOptions } from './invoices/create-invoice.ts'
import { getInvoice } from './invoices/get-invoice.ts'
import type { Invoice } from './invoices/invoice-view.ts'
import { type InvoiceFilter, listInvoices } from './invoices/list-invoices.ts'
import { type WaitOptions, waitUntilSettled } from './invoices/wait-until-settled.ts'
import { type Balances, readBalances } from './ledger/read-balances.ts'
import type { Page, PageInput } from './pages.ts'
import { getPartner } from './partners/get-partner.ts'
import { listPartners } from './partners/list-partners.ts'
import type { Partner } from './partners/partner-view.ts'
import { type PartnerInput, upsertPartner } from './partners/upsert-partner.ts'
import { getPayout } from './payouts/get-payout.ts'
import { listPayouts, type PayoutFilter } from './payouts/list-payouts.ts'
import type { Payout } from './payouts/payout-view.ts'
import { type PayoutInput, type PayoutOptions, requestPayout } from './payouts/request-payout.ts'
import { type ResolveEvidence, resolvePayout } from './payouts/resolve-payout.ts'
import { halt, resume, type SafetyStatus, safetyStatus } from './safety/halt.ts'

/** Asking to be paid. */
export interface InvoicesRoom {
  /** {@inheritDoc createInvoice} */
  create(input: InvoiceInput, options?: InvoiceOptions): Promise<Invoice>
  get(id: string): Promise<Invoice>
  list(filter?: InvoiceFilter): Promise<Page<Invoice>>
  cancel(id: string): Promise<Invoice>
  waitUntilSettled(id: string, options?: WaitOptions): Promise<Invoice>
}

/** Paying partners. */
export interface PayoutsRoom {
  request(input: PayoutInput, options: PayoutOptions): Promise<Payout>
  get(id: string): Promise<Payout>
  list(filter?: PayoutFilter): Promise<Page<Payout>>
  resolve(id: string, verdict: 'succeeded' | 'failed', evidence: ResolveEvidence): Promise<Payout>
}

/** The merchants whose balances are kept. */
export interface PartnersRoom {
  upsert(input: PartnerInput): Promise<Partner>
  get(id: string): Promise<Partner>
  list(page?: PageInput): Promise<Page<Partner>>
}

/** The node's channels, read only. */
export interface ChannelsRoom {
  list(): Promise<readonly Channel[]>
}

/** The books. */
export interface LedgerRoom {
  balances(): Promise<Balances>
}

/** The durable log. */
export interface EventsRoom {
  after(cursor: string, options?: { readonly limit?: number }): Promise<readonly AnyEvent[]>
}

/** The kill switch. */
export interface SafetyRoom {
  halt(reason: string): Promise<SafetyStatus>
  resume(reason: string): Promise<SafetyStatus>
  status(): Promise<SafetyStatus>
}

/** The rooms of a node: each a noun, each verb a file of its own. */
export interface Rooms {
  readonly invoices: InvoicesRoom
  readonly payouts: PayoutsRoom
  readonly partners: PartnersRoom
  readonly channels: ChannelsRoom
  readonly ledger: LedgerRoom
  readonly events: EventsRoom
  readonly safety: SafetyRoom
}

export function createRooms(context: Context): Rooms {
  return {
    invoices: {
      create: (input, options) => createInvoice(context, input, options),
      get: (id) => getInvoice(context, id),
      list: (filter) => listInvoices(context, filter),
      cancel: (id) => cancelInvoice(context, id),
      waitUntilSettled: (id, options) => waitUntilSettled(context, id, options),
    },
    payouts: {
      request: (input, options) => requestPayout(context, input, options),
      get: (id) => getPayout(context, id),
      list: (filter) => listPayouts(context, filter),
      resolve: (id, verdict, evidence) => resolvePayout(context, id, verdict, evidence),
    },
    partners: {
      upsert: (input) => upsertPartner(context, input),
      get: (id) => getPartner(context, id),
      list: (page) => listPartners(context, page),
    },
    channels: { list: () => listChannels(context) },
    ledger: { balances: () => readBalances(context) },
    events: { after: (cursor, options) => eventsAfter(context, cursor, options) },
    safety: {
      halt: (reason) => halt(context, reason),
      resume: (reason) => resume(context, reason),
      status: () => safetyStatus(context),
    },
  }
}
