import type { MacaroonRole } from '@payment-node/lnd-adapter'

/** For the help text; the compiler checks that no role is missing. */
export const roleMeanings: Readonly<Record<MacaroonRole, string>> = {
  readonly: 'look at everything: node, channels, invoices, payments, backups',
  receive: 'make, follow and cancel invoices',
  pay: 'decode and pay invoices, follow payments',
  channels: 'follow, open and close channels, set their fees',
  onchain: 'follow the wallet, make addresses, pay on chain',
  swaps: 'watch outputs of other people in the chain, for swaps',
}
