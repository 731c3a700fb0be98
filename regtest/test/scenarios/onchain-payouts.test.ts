import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import type { KillPoint } from '../programs/mortal.ts'
import type { OnchainOrders, OnchainReport } from '../programs/onchain-process.ts'
import { type Child, type Life, spawnProgram } from '../programs/spawn-program.ts'

const network = sharedNetwork()
afterAll(() => network.remove())
const alice = network.node('alice')
const payer = await network.addNode({ alias: 'onchain-payer' })
await payer.fund(4_000_000, 4)
const permissions = macaroonPermissions(['receive', 'pay', 'channels', 'onchain'])
const macaroon = await payer.bakeMacaroon(
  permissions.map((permission) => permission.replace(/^uri:/, '')),
  89,
)

/** Milliseconds for a dozen lives on a busy machine. */
const longestTest = 600_000
const amountSat = 54_321

async function newOrders(more: Partial<OnchainOrders> = {}): Promise<OnchainOrders> {
  const folder = await mkdtemp(join(tmpdir(), 'payment-node-onchain-'))
  return {
    file: join(folder, 'payments.db'),
    address: payer.details.rpcAddress,
    certificatePath: payer.details.certificatePath,
    macaroon,
    invoiceKey: randomBytes(32).toString('hex'),
    payee: await alice.newAddress(),
    amountSat,
    ...more,
  }
}

const start = (orders: OnchainOrders): Child<OnchainReport> =>
  spawnProgram<OnchainReport>('onchain-process.ts', orders)

/** Blocks come while a payout waits for them, slowly enough to be followed. */
async function mineWhile(child: Child<OnchainReport>): Promise<Life<OnchainReport>> {
  let isOver = false
  void child.ended.finally(() => {
    isOver = true
  })
  while (!isOver) {
    const isSent = child.reports.some((one) => one.kind === 'payout' && one.state === 'sending')
    if (isSent) await network.mine(1).catch(() => undefined)
    await Promise.race([child.ended, new Promise((resolve) => setTimeout(resolve, 1500))])
  }
  return child.ended
}

/** What the payee got at an address, by its own LND, with the transactions that brought it. */
async function received(address: string): Promise<{ txid: string; sat: string }[]> {
  const { utxos } = await alice.rpc<{
    utxos: { address: string; amount_sat: string; outpoint: { txid_str: string } }[]
  }>('lnrpc.Lightning', 'ListUnspent', { min_confs: 0, max_confs: 9_999_999 })
  return utxos
    .filter((utxo) => utxo.address === address)
    .map(({ outpoint, amount_sat }) => ({ txid: outpoint.txid_str, sat: amount_sat }))
}

/** What must hold after any crash: one output, one transaction, and its cost in the books. */
async function problems(
  orders: OnchainOrders,
  { done, ...life }: Life<OnchainReport>,
): Promise<string[]> {
  if (!done) return [`did not end: ${life.signal} ${life.output.slice(-800)}`]
  const found: string[] = []
  const equal = (is: unknown, wanted: unknown, what: string): void => {
    if (JSON.stringify(is) !== JSON.stringify(wanted)) {
      found.push(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`)
    }
  }
  const { transactions } = await payer.rpc<{
    transactions: { tx_hash: string; label: string; total_fees: string }[]
  }>('lnrpc.Lightning', 'GetTransactions')
  const own = transactions.find(({ tx_hash }) => tx_hash === done.transactionId)
  equal(await received(orders.payee), [{ txid: done.transactionId, sat: String(amountSat) }], 'got')
  equal(own?.label.startsWith('payment-node:payouts:'), true, 'labelled')
  equal(done.feeMsat, `${own?.total_fees}000`, 'fee')
  equal(done.onchainFeesMsat, done.feeMsat, 'fees in the books')
  equal(done.payeesMsat, `${amountSat}000`, 'paid in the books')
  equal([done.sumMsat, done.reservedMsat], ['0', '0'], 'sum and reserved')
  equal(done.verdict, 'proved', `the proof says "${done.says}"`)
  const { locked_utxos: leases } = await payer.rpc<{ locked_utxos: unknown[] }>(
    'walletrpc.WalletKit',
    'ListLeases',
  )
  equal(leases.length, 0, 'locks left')
  await rm(join(orders.file, '..'), { recursive: true, force: true })
  return found
}

const points: readonly (readonly [string, KillPoint])[] = [
  ['intended', { call: 'commit', phase: 'answered', time: 1 }],
  ['funded, and not written down', { call: 'fund', phase: 'answered', time: 1 }],
  ['funded', { call: 'commit', phase: 'answered', time: 2 }],
  ['signed, and not stored', { call: 'sign', phase: 'answered', time: 1 }],
  ['stored', { call: 'commit', phase: 'answered', time: 3 }],
  ['published, and not written down', { call: 'publish', phase: 'answered', time: 1 }],
  ['published', { call: 'commit', phase: 'answered', time: 4 }],
]

test(
  'O6: an on-chain payout killed at each of intended, funded, signed, stored, published is paid once',
  async () => {
    const wrong: string[] = []
    for (const [name, strikeAt] of points) {
      const orders = await newOrders({ strikeAt })
      const { signal, output } = await start(orders).ended
      if (signal !== 'SIGKILL') wrong.push(`${name}: not struck, ${signal} ${output.slice(-300)}`)
      const life = await mineWhile(start({ ...orders, strikeAt: undefined }))
      for (const says of await problems(orders, life)) wrong.push(`${name}: ${says}`)
    }
    expect(wrong).toEqual([])
  },
  longestTest,
)
