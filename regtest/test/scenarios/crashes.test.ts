import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { LndPayment } from '../../payment-controls.ts'
import { sharedNetwork } from '../../shared-network.ts'
import { startTcpProxy } from '../../tcp-proxy.ts'
import type { KillPoint } from '../programs/mortal.ts'
import type { ShopOrders, ShopReport } from '../programs/shop-process.ts'
import { bake } from './shop.ts'

const network = sharedNetwork()
const alice = network.node('alice')
const bob = network.node('bob')
const carol = network.node('carol')
const macaroon = await bake(bob)
afterAll(() => network.remove())

const program = join(import.meta.dirname, '../programs/shop-process.ts')
// Small, so that a hundred runs do not empty the shared channels.
const receivedMsat = 4_000_000n
const paidMsat = 1_500_000n
/** Milliseconds after which a life that hangs is ended and shown. */
const longestLife = 60_000

/** What a payee does with the payout's invoice. */
type Payee = 'takes' | 'refuses'

interface Run {
  readonly folder: string
  readonly orders: ShopOrders
  readonly payeeHash: Buffer
}

async function newRun(payee: Payee): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'payment-node-crash-'))
  const invoice = await carol.addInvoice({ value_msat: paidMsat.toString() })
  if (payee === 'refuses') await carol.cancelHold(invoice.r_hash)
  return {
    folder,
    payeeHash: invoice.r_hash,
    orders: {
      file: join(folder, 'payments.db'),
      address: bob.details.rpcAddress,
      certificatePath: bob.details.certificatePath,
      macaroon,
      // One LND carries all runs: each shop has a key of its own, so that their invoices differ.
      invoiceKey: randomBytes(32).toString('hex'),
      destination: invoice.payment_request,
    },
  }
}

interface Life {
  readonly done: Extract<ShopReport, { kind: 'done' }> | undefined
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

/** One life of the shop's process: the payer pays what it asks for, once. */
function live(
  orders: ShopOrders,
  onReport: (report: ShopReport, child: ChildProcess) => void = payInvoice,
): Promise<Life> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--conditions=dev-source', program, JSON.stringify(orders)],
      {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    )
    let done: Life['done']
    let output = ''
    child.stdout?.on('data', (text) => {
      output += text
    })
    child.stderr?.on('data', (text) => {
      output += text
    })
    child.on('message', (report: ShopReport) => {
      if (report.kind === 'done') done = report
      onReport(report, child)
    })
    child.on('error', reject)
    const deadline = setTimeout(() => child.kill('SIGQUIT'), longestLife)
    child.on('exit', () => clearTimeout(deadline))
    child.on('exit', (_, signal) => resolve({ done, signal, output }))
  })
}

const paying = new Map<string, Promise<LndPayment>>()
function payInvoice(report: ShopReport): void {
  if (report.kind !== 'invoice' || paying.has(report.paymentRequest)) return
  const paid = alice.pay(report.paymentRequest)
  paying.set(report.paymentRequest, paid)
  void paid.then(({ status }) => expect(status).toBe('SUCCEEDED'))
}

/** What must hold after any crash: credited once, paid exactly once or not at all, books exact. */
async function problems(run: Run, life: Life, payee: Payee): Promise<string[]> {
  const found: string[] = []
  const check = (isRight: boolean, says: string): void => {
    if (!isRight) found.push(says)
  }
  if (!life.done) return [`did not end: ${life.signal} ${life.output.slice(-600)}`]
  const { done } = life
  const wanted = payee === 'takes' ? 'succeeded' : 'failed'
  check(done.state === wanted, `payout ${done.state}, not ${wanted}`)
  const spent = payee === 'takes' ? paidMsat + BigInt(done.feeMsat) : 0n
  check(
    BigInt(done.availableMsat) === receivedMsat - spent,
    `available ${done.availableMsat} after spending ${spent}`,
  )
  check(done.reservedMsat === '0', `reserved ${done.reservedMsat}`)
  check(done.sumMsat === '0', `ledger sums to ${done.sumMsat}`)
  for (const type of ['invoice.created', 'invoice.settled', `payout.${wanted}`]) {
    check(done.events[type] === 1, `${done.events[type]} events ${type}`)
  }
  const payeeInvoice = await carol.lookupInvoice(run.payeeHash)
  check(
    payeeInvoice.amt_paid_msat === (payee === 'takes' ? paidMsat.toString() : '0'),
    `the payee got ${payeeInvoice.amt_paid_msat} msat`,
  )
  return found
}

/** Kills at the point, then lets a second process end the work. Answers what is wrong. */
async function crashAt(killAt: KillPoint, payee: Payee): Promise<string[]> {
  const run = await newRun(payee)
  try {
    const first = await live({ ...run.orders, killAt })
    if (first.signal !== 'SIGKILL')
      return [`was never killed: the call is not made that often (${first.output.slice(-300)})`]
    return await problems(run, await live(run.orders), payee)
  } finally {
    await rm(run.folder, { recursive: true, force: true })
  }
}

async function crashAll(points: readonly KillPoint[], payee: Payee): Promise<void> {
  const failed: string[] = []
  for (const point of points) {
    for (const problem of await crashAt(point, payee)) {
      failed.push(`${point.call} #${point.time} ${point.phase}: ${problem}`)
    }
  }
  expect(failed).toEqual([])
}

const phases = ['before', 'answered'] as const
/** Every member of the port that the scenario uses. */
const calls = [
  'getInfo',
  'highWater',
  'walletBalance',
  'listChannels',
  'watchSettlements',
  'createInvoice',
  'decodeInvoice',
  'trackPayment',
  'pay',
]

test('killed at each call to LND: before it takes effect, and before its answer is seen', {
  timeout: 600_000,
}, async () => {
  const points = calls.flatMap((call) =>
    phases.map((phase): KillPoint => ({ call, phase, time: 1 })),
  )
  // `trackPayment` throws for an unknown hash, and the shop dies at the refusal just as well.
  await crashAll(
    points.filter((point) => !(point.call === 'trackPayment' && point.phase === 'answered')),
    'takes',
  )
})

test('killed at each commit: before it is written, and before its answer is seen', {
  timeout: 900_000,
}, async () => {
  const times = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
  await crashAll(
    times.flatMap((time) => phases.map((phase): KillPoint => ({ call: 'commit', phase, time }))),
    'takes',
  )
})

test('killed around a payout that the payee refuses', { timeout: 300_000 }, async () => {
  await crashAll(
    phases.map((phase): KillPoint => ({ call: 'pay', phase, time: 1 })),
    'refuses',
  )
})

test('killed while LND has the payment and its reply is still on the wire', {
  timeout: 300_000,
}, async () => {
  const preimage = randomBytes(32)
  const hash = createHash('sha256').update(preimage).digest()
  const held = await carol.addHoldInvoice(hash, { value_msat: paidMsat.toString() })
  const run = { ...(await newRun('takes')), payeeHash: hash }
  const proxy = await startTcpProxy(bob.details.rpcAddress)
  const orders = { ...run.orders, destination: held.payment_request }
  const first = live({ ...orders, address: proxy.address }, (report, child) => {
    payInvoice(report)
    if (report.kind !== 'payout') return
    void (async () => {
      await proxy.setMode('swallow-replies')
      await carol.waitUntilInvoice(hash, 'ACCEPTED')
      child.kill('SIGKILL')
    })()
  })
  expect((await first).signal).toBe('SIGKILL')
  await proxy.close()
  // Settled while nobody is there.
  await carol.settleHold(preimage)
  expect(await problems(run, await live(orders), 'takes')).toEqual([])
  await rm(run.folder, { recursive: true, force: true })
})
