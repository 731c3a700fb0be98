import { type Context, identityOf } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { ownerOf, type UnguardedAccount } from '../domain/ledger.ts'
import type { PartnerBalances } from '../partners/partner-view.ts'
import type { Storage } from '../ports/storage.ts'
import { balances } from '../tables/ledger.ts'
import { sumAccount } from './sum-account.ts'

/** The books at one moment. */
export interface Balances {
  /** What each partner is owed. */
  readonly partners: readonly PartnerBalance[]
  /** What belongs to the operator. */
  readonly operator: Amount
  /** Owed to all partners: available, pending and reserved, less what they owe. */
  readonly owed: Amount
  /** What came from others and went to others; negative where it came from. */
  readonly world: Readonly<Record<WorldAccount, Amount>>
  /** The sum over all accounts: always zero. */
  readonly sum: Amount
}

/** The accounts of everybody else, as they are named outside. */
export type WorldAccount =
  | 'payers'
  | 'payees'
  | 'routingFees'
  | 'opening'
  | 'onchainFees'
  | 'routingIncome'
  | 'penalties'
  | 'deposits'
  | 'swapFees'
  | 'swapPrepay'
  | 'swapLosses'
  | 'unexplained'

const worldAccounts: Readonly<Record<WorldAccount, UnguardedAccount>> = {
  payers: 'world/payers',
  payees: 'world/payees',
  routingFees: 'world/routing-fees',
  opening: 'world/opening',
  onchainFees: 'world/onchain-fees',
  routingIncome: 'world/routing-income',
  penalties: 'world/penalties',
  deposits: 'world/deposits',
  swapFees: 'world/swap-fees',
  swapPrepay: 'world/swap-prepay',
  swapLosses: 'world/swap-losses',
  unexplained: 'world/unexplained',
}

/** What one partner is owed. */
export interface PartnerBalance {
  readonly partner: string
  /** Can be paid out now. */
  readonly available: Amount
  /** Received, and held for the partner's `availableAfter`. */
  readonly pending: Amount
  /** Held for payouts under way, with their worst-case fees. */
  readonly reserved: Amount
  /** What the partner owes. */
  readonly debt: Amount
}

const page = 1000

/** All balances from one snapshot of the books. */
export async function readBalances(context: Context): Promise<Balances> {
  const { publicKey } = identityOf(context)
  return context.storage.snapshot(async (read) => {
    const guarded = await readGuarded(read, publicKey)
    const total = (account: UnguardedAccount): Promise<bigint> =>
      sumAccount(read, publicKey, account)
    const world = {} as Record<WorldAccount, Amount>
    let others = 0n
    for (const [name, account] of Object.entries(worldAccounts)) {
      const found = await total(account)
      others += found
      world[name as WorldAccount] = new Amount(found)
    }
    const operator = await total('operator')
    const owed = [...guarded.values()].reduce(
      (sum, { available, pending, reserved, debt }) => sum + available + pending + reserved - debt,
      0n,
    )
    return {
      partners: [...guarded].map(([partner, { available, pending, reserved, debt }]) => ({
        partner,
        available: new Amount(available),
        pending: new Amount(pending),
        reserved: new Amount(reserved),
        debt: new Amount(debt),
      })),
      operator: new Amount(operator),
      owed: new Amount(owed),
      world,
      sum: new Amount(owed + operator + others),
    }
  })
}

const nothing: PartnerBalances = { available: 0n, pending: 0n, reserved: 0n, debt: 0n }

type Read = Pick<Storage, 'get' | 'find'>

async function readGuarded(read: Read, node: string): Promise<Map<string, PartnerBalances>> {
  const found = new Map<string, PartnerBalances>()
  let after: string[] | undefined
  for (;;) {
    const rows = await read.find(balances, {
      index: 'key',
      equals: [node],
      limit: page,
      ...(after && { after }),
    })
    for (const row of rows) {
      const { kind, partner } = ownerOf(row.account)!
      found.set(partner, {
        ...(found.get(partner) ?? nothing),
        ...(kind === 'debt'
          ? { debt: -row.amount_msat }
          : { [kind === 'partner' ? 'available' : kind]: row.amount_msat }),
      })
    }
    if (rows.length < page) return found
    after = [rows.at(-1)!.account]
  }
}
