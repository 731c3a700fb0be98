/** What a payout destination is, by its form alone. Not every kind can be paid. */
export type DestinationKind =
  | 'bolt11'
  | 'bolt12-offer'
  | 'bolt12-invoice'
  | 'lightning-address'
  | 'lnurl'
  | 'bip21'
  | 'onchain-address'
  | 'node-public-key'
  | 'unknown'

/** The human-readable prefix of BOLT11 invoices per network, without `ln`. */
const prefixes: Readonly<Record<string, string>> = {
  mainnet: 'bc',
  testnet: 'tb',
  testnet4: 'tb',
  signet: 'tbs',
  regtest: 'bcrt',
  simnet: 'sb',
}

/** Names the kind of destination; a `lightning:` prefix and surrounding capitals are understood. */
export function destinationKind(text: string): DestinationKind {
  const value = text.toLowerCase()
  if (/^ln(bc|tb|tbs|bcrt|sb)(\d+[munp]?)?1[02-9ac-hj-np-z]+$/.test(value)) return 'bolt11'
  if (/^ln(bc|tb|tbs|bcrt|sb)\d*[munp]?1/.test(value)) return 'bolt11'
  if (value.startsWith('lno1')) return 'bolt12-offer'
  if (value.startsWith('lni1') || value.startsWith('lnr1')) return 'bolt12-invoice'
  if (value.startsWith('lnurl1') || /^lnurl[pcwk]?:/.test(value) || value.startsWith('keyauth:'))
    return 'lnurl'
  if (value.startsWith('bitcoin:')) return 'bip21'
  if (/^0[23][0-9a-f]{64}(@.+)?$/.test(value)) return 'node-public-key'
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return 'lightning-address'
  if (/^(bc1|tb1|bcrt1|sb1)[02-9ac-hj-np-z]{8,}$/.test(value)) return 'onchain-address'
  if (/^[123mn][1-9A-HJ-NP-Za-km-z]{25,39}$/.test(text)) return 'onchain-address'
  return 'unknown'
}

/** Whether a BOLT11 invoice's prefix is the one of `network`. */
export function isForNetwork(invoice: string, network: string): boolean {
  const match = /^ln(bcrt|bc|tbs|tb|sb)(?=\d|1)/.exec(invoice.toLowerCase())
  return match?.[1] === prefixes[network]
}
