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

/** BOLT11's first example, of mainnet; only a server of tests takes it. */
export const paymentRequest =
  'lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql'
