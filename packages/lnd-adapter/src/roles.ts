/**
 * What a program may do on the node; a macaroon is baked for the union of the roles it needs.
 * `readonly`: look at everything; `receive`: make, follow and cancel invoices; `pay`: decode and pay
 * invoices; `channels`: follow, open and close channels, with the wallet's coins, and set what they
 * ask for forwarding; `onchain`: follow the on-chain wallet, make addresses, fund, sign and
 * publish transactions; `swaps`: watch outputs of other people in the chain.
 * `receive` is enough to start a payment node: it also reads what the first start books as opening
 * balance. A keeper of channels needs `channels` and `onchain` on top; who swaps, `pay`, `onchain` and `swaps`.
 */
export type MacaroonRole = 'readonly' | 'receive' | 'pay' | 'channels' | 'onchain' | 'swaps'

/** All roles, in the order in which reports list them. */
export const macaroonRoles: readonly MacaroonRole[] = [
  'readonly',
  'receive',
  'pay',
  'channels',
  'onchain',
  'swaps',
]

/** What a node is made for that was not told: all but what only swaps need. */
export const usualRoles: readonly MacaroonRole[] = macaroonRoles.filter((role) => role !== 'swaps')
