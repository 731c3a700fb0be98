// Messages as LND sends them, with only what a test looks at.

export const info = {
  identity_pubkey: `02${'ab'.repeat(32)}`,
  alias: 'alice',
  version: '0.21.2-beta commit=v0.21.2-beta',
  block_height: 800_000,
  synced_to_chain: true,
  synced_to_graph: true,
  chains: [{ network: 'regtest' }],
  features: {},
}

export const hash = 'cd'.repeat(32)

export const invoice = {
  memo: 'two coffees',
  r_hash: Buffer.from(hash, 'hex'),
  creation_date: '1700000000',
  payment_request: 'lnbcrt1…',
  expiry: '3600',
  add_index: '7',
  state: 'OPEN',
  value_msat: '1000',
}

export function settled(index: number | bigint): Record<string, unknown> {
  return {
    ...invoice,
    state: 'SETTLED',
    settle_index: String(index),
    settle_date: '1700000100',
    amt_paid_msat: '1000',
  }
}

export const payment = {
  payment_hash: hash,
  value_msat: '250000',
  fee_msat: '11',
  creation_time_ns: '1700000000123456789',
  payment_index: '9',
}

/** One of BOLT11's examples, of mainnet. */
export const paymentRequest =
  'lnbc20m1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqhp58yjmdan79s6qqdhdzgynm4zwqd5d7xmw5fk98klysy043l2ahrqs9qrsgq7ea976txfraylvgzuxs8kgcw23ezlrszfnh8r6qtfpr6cxga50aj6txm9rxrydzd06dfeawfk6swupvz4erwnyutnjq7x39ymw6j38gp7ynn44'
