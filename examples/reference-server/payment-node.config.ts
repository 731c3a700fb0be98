import { join } from 'node:path'
import { counterFile, type PaymentNodeOptions } from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'

// The command `payment-node` reads the same file: `payment-node doctor` says what is missing.
const {
  LND_ADDRESS = 'localhost:10009',
  LND_CERTIFICATE = 'tls.cert',
  LND_MACAROON = 'payment-node.macaroon',
  INVOICE_KEY = '', // openssl rand -hex 32; keep it as long as the books
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
  keys: { invoices: () => Buffer.from(INVOICE_KEY, 'hex') },
} satisfies PaymentNodeOptions
