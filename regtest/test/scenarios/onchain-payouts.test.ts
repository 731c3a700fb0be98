import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import type { KillPoint } from '../programs/mortal.ts'
import type { OnchainOrders, OnchainReport } from '../programs/onchain-process.ts'

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

const program = join(import.meta.dirname, '../programs/onchain-process.ts')
const longestLife = 90_000
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
    isQuick: true,
    ...more,
  }
}

interface Life {
  readonly done: Extract<OnchainReport, { kind: 'done' }> | undefined
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

interface Child {
  readonly process: ChildProcess
  readonly ended: Promise<Life>
  readonly reports: OnchainReport[]
}

function start(orders: OnchainOrders): Child {
  const child = spawn(
    process.execPath,
    ['--conditions=dev-source', program, JSON.stringify(orders)],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  )
  const reports: OnchainReport[] = []
  let output = ''
  child.stdout?.on('data', (text) => (output += text))
  child.stderr?.on('data', (text) => (output += text))
  child.on('message', (report: OnchainReport) => reports.push(report))
  const deadline = setTimeout(() => child.kill('SIGQUIT'), longestLife)
  const ended = new Promise<Life>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (_, signal) => {
      clearTimeout(deadline)
      const done = reports.find((report) => report.kind === 'done')
      resolve({ done, signal, output })
    })
  })
  return { process: child, ended, reports }
}

/** Blocks come while a payout waits for them, slowly enough to be followed. */
async function mineWhile(child: Child): Promise<Life> {
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
async function problems(orders: OnchainOrders, { done, ...life }: Life): Promise<string[]> {
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
  const { locked_utxos: leases } = await payer.rpc<{ locked_utxos: unknown[] }>(
    'walletrpc.WalletKit',
    'ListLeases',
  )
  equal(leases.length, 0, 'locks left')
  await rm(join(orders.file, '..'), { recursive: true, force: true })
  return found
}

const points: readonly (readonly [string, KillPoint])[] = [
  ['funded, and not written down', { call: 'fund', phase: 'answered', time: 1 }],
  ['funded', { call: 'commit', phase: 'answered', time: 2 }],
  ['signed, and not stored', { call: 'sign', phase: 'answered', time: 1 }],
  ['stored', { call: 'commit', phase: 'answered', time: 3 }],
  ['published, and not written down', { call: 'publish', phase: 'answered', time: 1 }],
  ['published', { call: 'commit', phase: 'answered', time: 4 }],
]

test(
  'O6: an on-chain payout killed at each of funded, signed, stored, published is paid once',
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

test(
  'a queue is released by a fee drop; btcd shows the feerate that the fee source said',
  async () => {
    let feerate = 45
    const fees = createServer((_, response) => {
      const recommended = {
        fastestFee: feerate,
        halfHourFee: feerate,
        hourFee: feerate,
        economyFee: feerate,
        minimumFee: 1,
      }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(recommended))
    })
    await new Promise<void>((resolve) => fees.listen(0, '127.0.0.1', resolve))
    const orders = await newOrders({
      isQuick: false,
      feePort: (fees.address() as AddressInfo).port,
    })
    const child = start(orders)
    const isAt = (state: string, reason?: string): boolean =>
      child.reports.some(
        (one) => one.kind === 'payout' && one.state === state && (!reason || one.reason === reason),
      )
    await waitUntil('the queue', () => isAt('queued', 'feerate-above-ceiling'))
    expect(await received(orders.payee)).toEqual([])
    feerate = 7
    await waitUntil('the payout to be sent', () => isAt('sending'))
    const transaction = await waitUntil('the transaction', async () => {
      const entries = await network.chain.rpc<Record<string, { fee: number; vsize: number }>>(
        'getrawmempool',
        [true],
      )
      return Object.values(entries)[0]
    })
    const paid = (transaction.fee * 100_000_000) / transaction.vsize
    expect(paid).toBeGreaterThanOrEqual(7)
    expect(paid).toBeLessThan(7.2)
    const wrong = await problems(orders, await mineWhile(child))
    expect(wrong).toEqual([])
    await new Promise((resolve) => fees.close(resolve))
  },
  longestTest,
)
