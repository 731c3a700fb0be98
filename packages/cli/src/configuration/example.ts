/** A whole configuration file; the README shows the same, where it is compiled. */
export const exampleConfiguration = `import type { PaymentNodeOptions } from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'

const certificate = { path: '/secrets/tls.cert' }
const macaroon = { path: '/secrets/payment-node.macaroon' }

export default {
  lightning: lnd({ address: 'localhost:10009', certificate, macaroon }),
  storage: sqlite({ file: '/var/lib/shop/payments.db' }),
  keys: { invoices: () => Buffer.from(process.env.INVOICE_KEY ?? '', 'hex') },
} satisfies PaymentNodeOptions
`
