import {
  type Change,
  type NewEvent,
  type NodeInvoice,
  type PaymentUpdate,
  schema,
  type Write,
} from '@payment-node/core'
import type { Invariant, Judge, Records, SeenChannel, Witness } from '@payment-node/testkit'
import { allInvariants } from '@payment-node/testkit'
import type { PaidOutput } from '../../../src/network/simulated-network.ts'
import { createRecords } from '../../../src/simulator/invariants/invariant.ts'
import { mirrorBooks } from '../../../src/simulator/mirror-books.ts'
import type { DaemonTruth } from '../../../src/simulator/swaps/daemon-place.ts'
import type { SwapTruth } from '../../../src/simulator/swaps/market-place.ts'

/** Books and a network of one's own, to show an invariant what it must not accept. */
export interface Stage {
  readonly payments: Map<string, Partial<PaymentUpdate>>
  readonly invoices: Map<string, Partial<NodeInvoice>>
  readonly received: Map<string, bigint>
  /** Address → what pays it. */
  readonly outputs: Map<string, readonly PaidOutput[]>
  readonly records: Records
  /** Commits; answers what the judge says. */
  commit(
    writes: readonly Write[],
    more?: { readonly events?: readonly NewEvent[]; readonly fence?: number },
  ): string | undefined
  /** A step with these parameters, and the first as its result. */
  step(name: string, ...parameters: readonly unknown[]): string | undefined
  end(): string | undefined
  audit: string | undefined
  counter: number | undefined
  channels: readonly SeenChannel[]
  /** What chain and providers know of swaps. */
  swapping: SwapTruth | undefined
  /** What is known of a daemon; to be set before the judge is asked first. */
  daemon: DaemonTruth | undefined
  elapsed: number
  proof: string | undefined
}

const publicKey = 'node'

/** A judge of this invariant over empty books; `restored`: over books that were replaced by a copy, which holds this. */
export function stageFor(
  name: string,
  restored?: { readonly counter: number; readonly holds?: readonly Write[] },
): Stage {
  const invariant: Invariant | undefined = allInvariants.find((each) => each.name === name)
  if (!invariant) throw new Error(`There is no invariant ${name}`)
  const books = mirrorBooks()
  books.apply({ writes: restored?.holds ?? [] })
  const records = createRecords()
  records.wasRestored = restored !== undefined
  const payments = new Map<string, Partial<PaymentUpdate>>()
  const invoices = new Map<string, Partial<NodeInvoice>>()
  const received = new Map<string, bigint>()
  const outputs = new Map<string, readonly PaidOutput[]>()
  const stage: Stage = {
    payments,
    invoices,
    received,
    outputs,
    records,
    audit: undefined,
    counter: restored?.counter,
    channels: [],
    swapping: undefined,
    daemon: undefined,
    elapsed: 0,
    proof: undefined,
    commit(writes, { events, fence } = {}) {
      const change: Change = {
        writes,
        ...(events && { events }),
        ...(fence !== undefined && { fence: { lease: 'leader', epoch: fence } }),
      }
      const rows = books.apply(change)
      return judge.commit?.({ process: 'a', change, rows })
    },
    step: (step, ...parameters) =>
      judge.step?.({
        number: 1,
        process: 'a',
        name: step,
        parameters,
        result: parameters[0],
      }),
    end: () => judge.end?.(),
  }
  const witness: Witness = {
    books,
    publicKey,
    records,
    capPerDayMsat: 1000n,
    capPerPayoutMsat: 500n,
    budgetPerMonthMsat: 300n,
    hardCeiling: 100,
    destinationCoolDown: 1000,
    bumpBudgetPerDayMsat: 50n,
    operatorReserveMsat: 400_000_000n,
    operatorAddress: 'bcrt1operator',
    swapping: {
      perDayMsat: 100n,
      inFlightMsat: 1000n,
      inFlightPerProviderMsat: 700n,
      perSwapMsat: 500n,
      claimCeiling: 10,
      outboundSharePpm: 200_000n,
    },
    truth: {
      findPayment: (hash) => payments.get(hash) as PaymentUpdate | undefined,
      findInvoice: (hash) => invoices.get(hash) as NodeInvoice | undefined,
      receivedMsat: (hash) => received.get(hash) ?? 0n,
      now: () => 1_000_000,
      counter: () => stage.counter,
      channels: () => stage.channels,
      outputsTo: (address) => outputs.get(address) ?? [],
      get swapping() {
        return stage.swapping
      },
      get daemon() {
        return stage.daemon
      },
      elapsed: () => stage.elapsed,
      proof: () => stage.proof,
      audit: () => stage.audit,
    },
  }
  const judge: Judge = invariant.begin(witness)
  return stage
}

/** A new row; columns that the judge does not read are left out. */
export function put(table: string, row: Readonly<Record<string, unknown>>): Write {
  return { op: 'insert', table: tableOf(table), row: { node: publicKey, ...row } }
}

/** Changes a row. */
export function change(
  table: string,
  key: readonly (string | number)[],
  set: Readonly<Record<string, unknown>>,
): Write {
  return { op: 'update', table: tableOf(table), key, revision: 1, set }
}

/** Deletes a row. */
export function drop(table: string, ...key: readonly (string | number)[]): Write {
  return { op: 'delete', table: tableOf(table), key, revision: 1 }
}

/** Adds to a balance. */
export function add(account: string, by: bigint): Write {
  return {
    op: 'add',
    table: tableOf('balances'),
    key: [publicKey, account],
    column: 'amount_msat',
    by,
  }
}

/** A ledger transaction with its postings. */
export function book(
  id: string,
  kind: string,
  subject: string,
  legs: Readonly<Record<string, bigint>>,
): Write[] {
  return [
    put('ledger_transactions', { id, kind, subject }),
    ...Object.entries(legs).map(([account, amount_msat], line) =>
      put('postings', { transaction: id, line, account, amount_msat }),
    ),
  ]
}

/** A payout with its attempt, on the hash `h-<id>`. */
export function payout(id: string, more: Readonly<Record<string, unknown>> = {}): Write[] {
  return [
    put('payouts', {
      id,
      partner: 'bakery',
      state: 'reserved',
      reason: null,
      amount_msat: 100n,
      fee_limit_msat: 10n,
      fee_msat: null,
      payment_hash: `h-${id}`,
      cap_day: '1',
      ...more,
    }),
    put('attempts', {
      payout: id,
      number: 1,
      state: 'recorded',
      payment_hash: `h-${id}`,
      payment_request: `ln-${id}`,
      epoch: 0,
      sends: 0,
      evidence: null,
    }),
    put('used_hashes', { payment_hash: `h-${id}`, payout: id }),
  ]
}

/** An invoice on the hash `h-<id>`. */
export function invoice(id: string, more: Readonly<Record<string, unknown>> = {}): Write {
  return put('invoices', {
    id,
    partner: 'bakery',
    state: 'open',
    paid_msat: null,
    payment_hash: `h-${id}`,
    expires_at: 0,
    ...more,
  })
}

/** An event. */
export function event(type: string, subject: string, id = `${type}/${subject}`): NewEvent {
  return { id, type, version: 1, node: publicKey, subject, occurredAt: 0, body: '{}' }
}

function tableOf(name: string): Write['table'] {
  const found = schema.tables.find((table) => table.name === name)
  if (!found) throw new Error(`There is no table ${name}`)
  return found
}
