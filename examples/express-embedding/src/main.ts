import { once } from 'node:events'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { openShop } from './shop.ts'

const { LND_ADDRESS = 'localhost:10009', BOOKS = 'payments.db', INVOICE_KEY = '' } = process.env
const { LND_CERTIFICATE = 'tls.cert', LND_MACAROON = 'shop.macaroon' } = process.env
const shop = await openShop(
  {
    lightning: lnd({
      address: LND_ADDRESS,
      certificate: { path: LND_CERTIFICATE },
      macaroon: { path: LND_MACAROON },
    }),
    storage: sqlite({ file: BOOKS }),
    keys: { invoices: Buffer.from(INVOICE_KEY, 'hex') },
  },
  3000,
)
console.log(`curl -X POST ${shop.url}/orders/1041`)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
await shop.stop()
