// What a host writes, as a CommonJS module in TypeScript.
import core = require('@payment-node/core')
import lndAdapter = require('@payment-node/lnd-adapter')
import storageMemory = require('@payment-node/storage-memory')
import storageSqlite = require('@payment-node/storage-sqlite')
import testkit = require('@payment-node/testkit')

const lightning: core.LightningNode = lndAdapter.lnd({
  address: 'localhost:10009',
  certificate: { path: 'tls.cert' },
  macaroon: { path: 'payment-node.macaroon' },
})
const storages: core.Storage[] = [
  storageMemory.memory(),
  storageSqlite.sqlite({ file: 'payments.db' }),
]
const nodes = storages.map((storage) =>
  core.createPaymentNode({ lightning, storage, keys: { invoices: new Uint8Array(32) } }),
)
const simulated: core.LightningNode = testkit.createSimulatedNetwork().addNode('shop').connect()
// @ts-expect-error an amount is not text
const wrong: string = core.sat(25_000)
export = { nodes, simulated, wrong }
