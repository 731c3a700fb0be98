import {
  type Change,
  PaymentNodeError,
  type Payout,
  type ResolveEvidence,
  sat,
} from '@payment-node/core'
import { expect, test } from 'vitest'
import { type OnchainStand, openOnchain, settle } from '../transactions/onchain-stand.ts'

const word = { by: 'ada', note: 'block explorers show that its coin was spent elsewhere' }
const insisting = { ...word, insist: true }

/** Two payouts in one published transaction, whose only coin somebody has just sent to the wallet. */
interface Carried extends OnchainStand {
  readonly a: string
  readonly b: string
  /** The coin of somebody else that paid for the wallet's. */
  readonly source: string
  /** Who sent the coin publishes it again, and LND the payouts' transaction. */
  bringBack(): void
  resolve(id: string, verdict: 'succeeded' | 'failed', evidence?: ResolveEvidence): Promise<Payout>
}

async function openCarried(
  prepare?: (stand: OnchainStand) => void,
  stuckAfter = 6,
): Promise<Carried> {
  const options = { transactions: { stuckAfter } }
  const stand = await openOnchain({ coinsSat: [], options })
  const { run, network, lnd, payee } = stand
  payee.fund(2_000_000n)
  const address = await run(lnd.lightning.onchain!.newAddress('taproot'))
  const funding = payee.lightning.funding!
  const funded = await run(
    funding.fund({
      outputs: { [address]: 1_000_000n },
      satPerVbyte: 10,
      lockId: new Uint8Array(32).fill(7),
      lockSeconds: 600,
      minimumConfirmations: 1,
    }),
  )
  const parent = await run(funding.sign(funded.psbt))
  await run(payee.lightning.onchain!.publish(parent.rawTransaction, ''))
  network.mine()
  prepare?.(stand)
  await run(stand.node.start())
  const a = await stand.queue(200_000n, { isQuick: true })
  const b = await stand.queue(100_000n, { isQuick: true })
  await settle(stand)
  const [row] = await stand.transactions()
  if (!prepare) expect(row).toMatchObject({ state: 'published' })
  return Object.assign(Object.create(stand) as OnchainStand, {
    a,
    b,
    source: funded.inputs[0]!,
    bringBack: () => payee.setSynced(true),
    resolve: (id: string, verdict: 'succeeded' | 'failed', evidence: ResolveEvidence = insisting) =>
      run(stand.node.payouts.resolve(id, verdict, evidence)),
  })
}

/** The coin's own transaction leaves its block, and the mempool. */
async function loseCoin({ network, run, lnd, payee }: OnchainStand, depth = 1): Promise<void> {
  // Who sent it does not publish it again.
  payee.setSynced(false)
  const listed = await run(lnd.lightning.onchain!.transactions(0))
  const [parent] = listed.filter(({ amountSat, label }) => amountSat === 1_000_000n && !label)
  network.reorganize(depth)
  network.evict(parent!.transactionId)
}

const refusal = (reason: string): object => ({
  code: 'payout.verdict-refused',
  details: { reason },
})

test('an operator ends a payout whose coin is gone for good, and it is paid once: not before, not against the chain', async () => {
  const stand = await openCarried()
  const { run, a, b, resolve } = stand
  // It may confirm: whoever insists.
  await expect(resolve(a, 'failed')).rejects.toMatchObject(refusal('node-says-takes-it'))
  await loseCoin(stand)
  await stand.mine()
  const [row] = await stand.transactions()
  expect(row).toMatchObject({ state: 'published', reason: 'input-lost' })
  expect((await run(stand.node.safety.status())).fundsAtRisk).toEqual([
    expect.stringContaining('is in no block any more'),
  ])
  await expect(resolve(a, 'failed')).rejects.toMatchObject(refusal('node-says-input-lost-lately'))
  await stand.mine(5)
  expect(await stand.told('transaction.stuck')).toHaveLength(1)
  await expect(resolve(a, 'failed', word)).rejects.toMatchObject(refusal('node-says-input-lost'))
  const { partners: before } = await run(stand.node.ledger.balances())
  const ended = await resolve(a, 'failed')
  expect(ended).toMatchObject({ state: 'failed', reason: 'resolved-by-operator' })
  expect(ended.transaction).toMatchObject({ state: 'given-up' })
  const { partners: after } = await run(stand.node.ledger.balances())
  expect(after[0]!.available.msat - before[0]!.available.msat).toBe(
    (await stand.payout(a)).feeLimit.msat + 200_000_000n,
  )
  // The other one was decided by nobody: it stays reserved, and is paid by no other transaction.
  expect(await stand.payout(b)).toMatchObject({ state: 'sending', reason: 'transaction-given-up' })
  await expect(resolve(a, 'failed')).rejects.toMatchObject({ code: 'payout.not-unknown' })
  await stand.clock.advance(3_600_000)
  expect(await stand.transactions()).toHaveLength(1)
  await resolve(b, 'failed')
  expect(await run(stand.node.payouts.evidence(a))).toMatchObject([
    { number: 0, paymentHash: null, evidence: { by: 'ada', nodeSays: 'input-lost' } },
  ])
  const { partners, sum } = await run(stand.node.ledger.balances())
  expect([partners[0]!.available, partners[0]!.reserved, sum]).toEqual([
    sat(3_000_000),
    sat(0),
    sat(0),
  ])
  expect((await stand.rowsOf(['claimed_outpoints'])).claimed_outpoints).toEqual([])
  const { day_totals: days } = await stand.rowsOf(['day_totals'])
  expect(days!.map(({ amount_msat }) => amount_msat)).toEqual([0n])
}, 60_000)

test('what was resolved as failed and confirms all the same is taken from the partner again, the rest as a debt', async () => {
  const stand = await openCarried()
  const { run, a, b, resolve, lnd } = stand
  await loseCoin(stand)
  await stand.mine(6)
  await resolve(a, 'failed')
  await resolve(b, 'failed')
  // The partner is paid again, by another transaction: 150,000 sat are left.
  lnd.fund(3_500_000n)
  await stand.mine()
  const again = await stand.queue(2_810_000n, { isQuick: true })
  await stand.mine(8)
  expect((await stand.payout(again)).state).toBe('succeeded')
  const fee = (await stand.payout(again)).fee!.msat
  stand.bringBack()
  await stand.mine(12)
  const told = await stand.events('transaction.revived')
  expect(told).toHaveLength(1)
  const { partners, sum } = await run(stand.node.ledger.balances())
  const [m1] = partners
  const [revived] = await stand.transactions()
  expect(sum).toEqual(sat(0))
  // Received 3,000,000; got 3,110,000 and the fees of both transactions.
  expect(m1!.available).toEqual(sat(0))
  const paid = 2_810_000_000n + 300_000_000n + fee + (revived!.fee_msat as bigint)
  expect((await run(stand.node.partners.get('m1'))).debt.msat).toBe(paid - 3_000_000_000n)
  // Seen again and again, by another process too: booked once.
  await run(stand.node.stop())
  const next = stand.openNext()
  await run(next.node.start())
  await stand.mine(3)
  expect((await run(next.node.partners.get('m1'))).debt.msat).toBe(paid - 3_000_000_000n)
  expect(await stand.told('transaction.revived')).toHaveLength(1)
  expect((await run(next.node.ledger.prove())).verdict).not.toBe('short')
}, 60_000)

test('a coin that comes back before anybody decides is paid once, by itself; a verdict against a block is refused', async () => {
  const stand = await openCarried()
  const { a, b, resolve } = stand
  await loseCoin(stand)
  await stand.mine(7)
  // The verdict says that it was paid, as other nodes show: nothing is given back, nothing paid twice.
  await expect(resolve(b, 'succeeded', word)).rejects.toMatchObject(refusal('node-says-input-lost'))
  expect((await resolve(b, 'succeeded')).state).toBe('succeeded')
  stand.bringBack()
  await settle(stand)
  await expect(resolve(a, 'failed')).rejects.toMatchObject(refusal('node-says-takes-it'))
  // A block without it, in which the network takes it again.
  stand.network.setFeerate(90)
  await stand.mine()
  expect((await stand.transactions())[0]).toMatchObject({ reason: null, lost_height: null })
  stand.network.setFeerate(1)
  await stand.mine(2)
  const [row] = await stand.transactions()
  expect(row).toMatchObject({ state: 'confirmed', reason: null, lost_height: null })
  await expect(resolve(a, 'failed')).rejects.toMatchObject({ code: 'payout.not-unknown' })
  await stand.mine(6)
  expect((await stand.payout(a)).state).toBe('succeeded')
  expect(await stand.told('transaction.revived')).toEqual([])
  const { partners, sum } = await stand.run(stand.node.ledger.balances())
  expect(sum).toEqual(sat(0))
  expect(partners[0]!.available.msat).toBe(2_700_000_000n - (row!.fee_msat as bigint))
}, 60_000)

test('no verdict without LND, nor while its inputs are there', async () => {
  const stand = await openCarried()
  const { a, resolve, lnd } = stand
  let reason = 'rejected'
  const refuse = lnd.faults.add(({ call, moment }) => {
    if (call !== 'publishTransaction' || moment !== 'before-effect') return undefined
    return { error: new PaymentNodeError('node.refused', 'no', { call, reason }) }
  })
  await stand.clock.advance(60_000)
  await expect(resolve(a, 'failed')).rejects.toMatchObject(refusal('node-says-may-confirm'))
  await loseCoin(stand)
  await stand.mine(7)
  reason = 'fee-too-low'
  await expect(resolve(a, 'failed')).rejects.toMatchObject(refusal('node-says-may-confirm'))
  refuse()
  lnd.stop()
  await expect(resolve(a, 'failed')).rejects.toMatchObject(refusal('node-says-silent'))
  expect((await stand.payout(a)).state).toBe('sending')
  lnd.start()
  await settle(stand)
  await stand.clock.advance(60_000)
  expect((await resolve(a, 'failed')).state).toBe('failed')
}, 60_000)

test('a process that dies at any write while a given-up transaction comes back charges each payout once', async () => {
  let deaths = 0
  for (let dies = 1; deaths === dies - 1; dies++) {
    const stand = await openCarried()
    const { run, a, b, resolve, clock } = stand
    await loseCoin(stand)
    await stand.mine(6)
    await resolve(a, 'failed')
    await resolve(b, 'failed')
    stand.bringBack()
    await stand.mine(4)
    await run(stand.node.stop())
    // Before and after each write to the ledger.
    let reached = 0
    const reach = ({ writes }: Change): void => {
      const isBooking = writes.some(({ table }) => table.name === 'ledger_transactions')
      if (!isBooking || ++reached !== dies) return
      deaths++
      second.kill()
    }
    const second = stand.openNext({}, { beforeCommit: reach, afterCommit: reach })
    await run(second.node.start())
    await stand.mine(12)
    if (reached < dies) await run(second.node.stop())
    const third = stand.openNext()
    await clock.advance(60_000)
    await run(third.node.start())
    await stand.mine(3)
    const { partners, sum } = await run(third.node.ledger.balances())
    const [row] = await stand.transactions()
    expect(sum, `${dies}`).toEqual(sat(0))
    expect(partners[0]!.available.msat, `${dies}`).toBe(2_700_000_000n - (row!.fee_msat as bigint))
    expect(await stand.told('transaction.revived'), `${dies}`).toHaveLength(1)
  }
  // At least two charges and the transaction itself, before and after.
  expect(deaths).toBeGreaterThanOrEqual(6)
}, 120_000)

test('a transaction that was signed and never taken is given up in the same way', async () => {
  let isRefused = true
  const stand = await openCarried(({ lnd }) => {
    lnd.faults.add(({ call, moment }) => {
      if (!isRefused || call !== 'publishTransaction' || moment !== 'before-effect')
        return undefined
      const details = { call, reason: 'rejected' } as const
      return { error: new PaymentNodeError('node.refused', 'no', details) }
    })
  })
  const { a, b, resolve } = stand
  expect((await stand.transactions())[0]).toMatchObject({ state: 'signed', reason: 'refused' })
  await expect(resolve(a, 'failed')).rejects.toMatchObject(refusal('node-says-may-confirm'))
  await loseCoin(stand)
  await stand.mine(7)
  expect((await stand.transactions())[0]).toMatchObject({ state: 'signed', reason: 'input-lost' })
  expect(await stand.told('transaction.stuck')).toHaveLength(2)
  await resolve(a, 'failed')
  isRefused = false
  await resolve(b, 'failed')
  await stand.mine(3)
  expect((await stand.transactions()).map(({ state }) => state)).toEqual(['given-up'])
  expect(await stand.told('transaction.published')).toEqual([])
}, 60_000)

test('the child that was to speed it up is given up with it, and its budget returns', async () => {
  const stand = await openCarried(undefined, 3)
  const { network, clock, a, b, resolve } = stand
  network.setFeerate(20)
  let blocks = 0
  for (; (await stand.transactions()).length < 2 && blocks < 20; blocks++) await stand.mine()
  network.setFeerate(500)
  await settle(stand)
  const [parent, child] = await stand.transactions()
  expect(child).toMatchObject({ purpose: 'bump', parent: parent!.id, state: 'published' })
  await loseCoin(stand, blocks + 1)
  await stand.mine(8)
  await resolve(a, 'failed')
  await resolve(b, 'failed')
  await stand.mine(2)
  await clock.advance(60_000)
  const states = (await stand.transactions()).map(({ state }) => state)
  expect(states).toEqual(['given-up', 'conflicted'])
  const rows = await stand.rowsOf(['claimed_outpoints', 'spending'])
  expect(rows.claimed_outpoints).toEqual([])
  expect(rows.spending!.map(({ amount_msat }) => amount_msat)).toEqual([0n])
}, 60_000)
