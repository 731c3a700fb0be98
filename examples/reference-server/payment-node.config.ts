import { join } from 'node:path'
import { boltz } from '@payment-node/boltz-plugin'
import { counterFile, type LiquidityOptions, type PaymentNodeOptions } from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'

// The command `payment-node` reads the same file: `payment-node doctor` says what is missing.
const {
  LND_ADDRESS = 'localhost:10009',
  LND_CERTIFICATE = 'tls.cert',
  LND_MACAROON = 'payment-node.macaroon',
  INVOICE_KEY = '', // openssl rand -hex 32; keep it as long as the books
  SWAP_KEY = '', // openssl rand -hex 32; losing it loses the coins of swaps under way
  SWAP_URL, // an operator of the Boltz API, like https://swaps.example/v2; left out: no swaps
  LIQUIDITY = 'recommend', // observe, recommend, act
  DATA = '.',
} = process.env

export default {
  lightning: lnd({
    address: LND_ADDRESS,
    certificate: { path: LND_CERTIFICATE },
    macaroon: { path: LND_MACAROON },
  }),
  storage: sqlite({ file: join(DATA, 'payments.db') }),
  // Better on another disk: it tells an old copy of the books from payments of other programs.
  intentCounter: counterFile(join(DATA, 'payments.counter')),
  keys: {
    invoices: () => Buffer.from(INVOICE_KEY, 'hex'),
    ...(SWAP_URL && { swaps: () => Buffer.from(SWAP_KEY, 'hex') }),
  },
  ...(SWAP_URL && { swaps: [boltz({ url: SWAP_URL })] }),
  // What keeps the node able to receive; another word than these three is refused at the start.
  liquidity: { mode: LIQUIDITY as NonNullable<LiquidityOptions['mode']> },
} satisfies PaymentNodeOptions
