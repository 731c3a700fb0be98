import type { JournalEntry, Page, PageInput, PaymentNode } from '@payment-node/core'

/** So much went from one place to another; `from` and `to` are names for people. */
export interface MoneyFlow {
  readonly from: string
  readonly to: string
  readonly amountMsat: bigint
}

/** What the operator had before the first customer came is no flow. */
const before: ReadonlySet<string> = new Set(['opening', 'opening-balance'])
const operator = 'operator'
const world: Readonly<Record<string, string>> = {
  'world/routing-fees': 'routing',
  'world/onchain-fees': 'miners',
  'world/swap-fees': 'swap providers',
  'world/swap-prepay': 'swap prepayments',
  'world/swap-losses': 'lost in swaps',
  'world/penalties': 'penalties',
  'world/routing-income': 'routed for others',
  'world/deposits': 'deposits',
  'world/unexplained': 'unexplained',
}

/** Where each satoshi went, from the journal of the ledger alone. */
export async function readMoneyFlows(node: PaymentNode): Promise<readonly MoneyFlow[]> {
  const isOnchain = new Map<string, boolean>()
  for await (const { id, destinationKind } of all((cursor) => node.payouts.list(cursor)))
    isOnchain.set(id, destinationKind === 'onchain-address')
  const sums = new Map<string, bigint>()
  const kept = new Map<string, bigint>()
  const add = (from: string, to: string, amountMsat: bigint): void => {
    const key = JSON.stringify([from, to])
    sums.set(key, (sums.get(key) ?? 0n) + amountMsat)
  }
  for await (const entry of all((cursor) => node.ledger.journal(cursor))) {
    if (before.has(entry.kind)) continue
    const legs = legsOf(entry)
    const owners = legs.flatMap(({ account }) => ownerOf(account) ?? [])
    const owner = owners.find((one) => one !== operator) ?? operator
    for (const { account, amountMsat } of legs) {
      const whose = ownerOf(account)
      if (whose !== undefined) {
        kept.set(whose, (kept.get(whose) ?? 0n) + amountMsat)
        if (entry.kind === 'invoice-settled' && amountMsat > 0n) add('customers', whose, amountMsat)
      } else if (account === 'world/payees') {
        const way = isOnchain.get(entry.subject.split('/')[1]!) ? 'on chain' : 'over Lightning'
        add(owner, `paid ${way}`, amountMsat)
      } else if (account !== 'world/payers') {
        const other = world[account] ?? account
        if (amountMsat > 0n) add(owner, other, amountMsat)
        else add(other, owner, -amountMsat)
      }
    }
  }
  for (const [owner, amountMsat] of kept) {
    if (owner === operator && amountMsat < 0n) add("operator's own coins", operator, -amountMsat)
    else add(owner, owner === operator ? 'profit' : 'still owed', amountMsat)
  }
  return [...sums]
    .filter(([, amountMsat]) => amountMsat > 0n)
    .map(([key, amountMsat]) => {
      const [from, to] = JSON.parse(key) as [string, string]
      return { from, to, amountMsat }
    })
}

/** All pages of a list. */
export async function* all<Item>(
  read: (input: PageInput) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let cursor: string | undefined
  do {
    const page: Page<Item> = await read({ limit: 50, ...(cursor !== undefined && { cursor }) })
    yield* page.items
    cursor = page.cursor
  } while (cursor !== undefined)
}

/** What flowed into each account. */
function legsOf({ lines }: JournalEntry): readonly { account: string; amountMsat: bigint }[] {
  return lines.map(({ account, debit, credit }) => ({
    account,
    amountMsat: credit.msat - debit.msat,
  }))
}

/** A partner, or the operator; undefined: the world. */
function ownerOf(account: string): string | undefined {
  if (account === operator) return operator
  const [, partner] = /^(?:partner|reserved|pending|debt)\/(.+)$/.exec(account) ?? []
  return partner
}
