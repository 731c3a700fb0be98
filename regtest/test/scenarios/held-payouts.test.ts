import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import type { ShopOrders, ShopReport } from '../programs/shop-process.ts'
import { type Life, spawnProgram } from '../programs/spawn-program.ts'

const network = sharedNetwork()
afterAll(() => network.remove())
const alice = network.node('alice')
const carol = network.node('carol')

const receivedMsat = 4_000_000n
const paidMsat = 1_500_000n

interface Case {
  readonly name: string
  readonly end: 'settled' | 'given-back'
  /** `away`: while neither our process nor its LND runs. */
  readonly when: 'back' | 'away'
}
const cases: readonly Case[] = [
  { name: 'settled when both are back', end: 'settled', when: 'back' },
  { name: 'settled while both are away', end: 'settled', when: 'away' },
  { name: 'given back when both are back', end: 'given-back', when: 'back' },
  { name: 'given back while both are away', end: 'given-back', when: 'away' },
]

test('a payout that is held while our process and its LND are killed ends exactly', async () => {
  const holder = await network.addNode({ alias: 'holder' })
  await network.openChannels([
    { from: 'alice', to: 'holder', capacitySat: 1_000_000, pushSat: 500_000 },
  ])
  const roles = macaroonPermissions(['receive', 'pay', 'channels', 'onchain'])
  const macaroon = await holder.bakeMacaroon(
    roles.map((permission) => permission.replace(/^uri:/, '')),
    91,
  )

  const run = async ({ end, when }: Case): Promise<string[]> => {
    const folder = await mkdtemp(join(tmpdir(), 'payment-node-held-'))
    const preimage = randomBytes(32)
    const hash = createHash('sha256').update(preimage).digest()
    const held = await carol.addHoldInvoice(hash, { value_msat: paidMsat.toString() })
    const orders: ShopOrders = {
      file: join(folder, 'payments.db'),
      address: holder.details.rpcAddress,
      certificatePath: holder.details.certificatePath,
      macaroon,
      invoiceKey: randomBytes(32).toString('hex'),
      destination: held.payment_request,
      isProved: true,
    }
    const letGo = (): Promise<void> =>
      end === 'settled' ? carol.settleHold(preimage) : carol.cancelHold(hash)

    const first = spawnProgram<ShopReport>('shop-process.ts', orders)
    const invoice = await waitUntil('the invoice', () =>
      first.reports.find((report) => report.kind === 'invoice'),
    )
    await alice.pay(invoice.paymentRequest)
    await carol.waitUntilInvoice(hash, 'ACCEPTED')
    first.process.kill('SIGKILL')
    const { signal, output } = await first.ended
    if (signal !== 'SIGKILL') return [`it ended before: ${signal} ${output.slice(-300)}`]
    await holder.kill()
    await network.mine(2)
    if (when === 'away') await letGo()
    await holder.start()
    await holder.waitUntilSynced()

    const second = spawnProgram<ShopReport>('shop-process.ts', orders)
    if (when === 'back') {
      await waitUntil('the payout of the first life', () =>
        second.reports.some((report) => report.kind === 'payout'),
      )
      await letGo()
    }
    const found = await problems(await second.ended, hash, end)
    await rm(folder, { recursive: true, force: true })
    return found
  }

  /** What must hold: paid exactly once or not at all, by LND, by the payee, and by the books. */
  const problems = async (
    { done, ...life }: Life<ShopReport>,
    hash: Buffer,
    end: Case['end'],
  ): Promise<string[]> => {
    if (!done) return [`did not end: ${life.signal} ${life.output.slice(-600)}`]
    const isPaid = end === 'settled'
    const found: string[] = []
    const equal = (is: unknown, wanted: unknown, what: string): void => {
      if (is !== wanted) found.push(`${what}: ${is}, not ${wanted}`)
    }
    const state = isPaid ? 'succeeded' : 'failed'
    equal(done.state, state, 'payout')
    const spent = isPaid ? paidMsat + BigInt(done.feeMsat) : 0n
    equal(done.availableMsat, String(receivedMsat - spent), 'available')
    equal(done.reservedMsat, '0', 'reserved')
    equal(done.sumMsat, '0', 'sum of the ledger')
    equal(done.events[`payout.${state}`], 1, `events payout.${state}`)
    equal(done.events['invoice.settled'], 1, 'events invoice.settled')
    const { verdict, differenceMsat, says: proof } = done.proof!
    // Books that begin on a channel know it in whole satoshi: a part of one may show up later.
    const isFraction = verdict === 'surplus' && BigInt(differenceMsat) < 1000n
    equal(isFraction ? 'proved' : verdict, 'proved', `the proof says "${proof}"`)
    const theirs = await carol.lookupInvoice(hash)
    equal(theirs.state, isPaid ? 'SETTLED' : 'CANCELED', "the payee's invoice")
    // LND keeps the amount of what it gave back as well.
    if (isPaid) equal(theirs.amt_paid_msat, String(paidMsat), 'the payee got')
    const { payments } = await holder.rpc<{
      payments: { payment_hash: string; status: string; fee_msat: string }[]
    }>('lnrpc.Lightning', 'ListPayments', { include_incomplete: true })
    const own = payments.filter(({ payment_hash }) => payment_hash === hash.toString('hex'))
    const says = own.map(({ status, fee_msat }) => `${status} ${fee_msat}`).join()
    equal(says, isPaid ? `SUCCEEDED ${done.feeMsat}` : 'FAILED 0', 'payments of LND')
    return found
  }

  const wrong: string[] = []
  for (const one of cases) {
    for (const says of await run(one)) wrong.push(`${one.name}: ${says}`)
  }
  expect(wrong).toEqual([])
}, 240_000)
