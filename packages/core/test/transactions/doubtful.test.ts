import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type Asked, expectPaidOnce } from './expect-paid-once.ts'
import { type OnchainStand, openOnchain, settle } from './onchain-stand.ts'

async function ask(stand: OnchainStand, amountSat = 200_000n): Promise<Asked> {
  const address = await stand.address()
  return { id: await stand.queue(amountSat, { address, isQuick: true }), address, amountSat }
}

test('O6: publishing ends with an error after the mempool has taken it: the same bytes again, paid once', async () => {
  const stand = await openOnchain()
  const { run, lnd } = stand
  const published: string[] = []
  let errors = 4
  lnd.faults.add(({ call, moment, parameters }) => {
    if (call !== 'publishTransaction' || moment !== 'after-effect') return undefined
    published.push(Buffer.from(parameters[0] as Uint8Array).toString('hex'))
    if (errors-- <= 0) return undefined
    const details = { call, reason: 'other' }
    // The kinds of answers that say nothing about what happened, and one that lies.
    return errors % 2 === 0
      ? { outcome: 'unknown' }
      : { error: new PaymentNodeError('node.refused', 'mempool: min relay fee not met', details) }
  })
  await run(stand.node.start())
  const asked = await ask(stand)
  await settle(stand)
  await stand.mine(7)
  await settle(stand)
  await expectPaidOnce(stand, [asked], 'an error after the mempool accepted')
  expect(published.length).toBeGreaterThan(2)
  expect(new Set(published).size).toBe(1)
  expect((await stand.transactions()).length).toBe(1)
})

test('O6: a reorganization takes it back to published, and it is published again until it is final', async () => {
  const stand = await openOnchain()
  const { run, network } = stand
  await run(stand.node.start())
  const asked = await ask(stand)
  await settle(stand)
  await stand.mine(3)
  expect((await stand.payout(asked.id)).transaction).toMatchObject({ state: 'confirmed' })
  network.reorganize(3)
  await settle(stand)
  expect((await stand.payout(asked.id)).transaction).toMatchObject({
    state: 'published',
    confirmations: 0,
  })
  await stand.mine(5)
  expect((await stand.payout(asked.id)).state).toBe('sending')
  await stand.mine(1)
  await expectPaidOnce(stand, [asked], 'after a reorganization')
  expect(await stand.told('transaction.')).toEqual([
    'transaction.published',
    'transaction.confirmed',
    'transaction.reorganized',
    'transaction.confirmed',
    'transaction.final',
  ])
})

test('what a mempool forgets is handed to it again with the next block', async () => {
  const stand = await openOnchain()
  const { run, network } = stand
  await run(stand.node.start())
  const asked = await ask(stand)
  await settle(stand)
  const [waiting] = network.waitingTransactions
  network.evict(waiting!.id)
  expect(network.outputsTo(asked.address)).toEqual([])
  network.setFeerate(1000)
  await stand.mine()
  expect(network.outputsTo(asked.address)).toMatchObject([{ confirmations: 0 }])
  network.setFeerate(1)
  await stand.mine(6)
  await expectPaidOnce(stand, [asked], 'after an eviction')
})

test('O6: when its inputs are spent elsewhere nothing is rebuilt before that is final; then it is paid once', async () => {
  const stand = await openOnchain({ coinsSat: [2_000_000n, 1_900_000n] })
  const { run, network } = stand
  await run(stand.node.start())
  network.setFeerate(5)
  const asked = await ask(stand)
  await settle(stand)
  const [row] = await stand.transactions()
  network.doubleSpend((row!.inputs as string[])[0]!)
  await settle(stand)
  expect(network.outputsTo(asked.address)).toEqual([])
  for (let blocks = 1; blocks <= 5; blocks++) {
    expect((await stand.payout(asked.id)).state, `${blocks}`).toBe('sending')
    expect((await stand.transactions()).length).toBe(1)
    if (blocks < 5) await stand.mine()
  }
  expect((await stand.transactions())[0]).toMatchObject({ reason: 'inputs-spent' })
  const atRisk = (await run(stand.node.safety.status())).fundsAtRisk
  expect(atRisk).toMatchObject([expect.stringContaining(String(row!.transaction_id))])
  expect((await stand.told('transaction.')).filter((type) => type === 'transaction.stuck')).toEqual(
    ['transaction.stuck'],
  )
  await stand.mine(2)
  expect(await stand.told('transaction.')).toContain('transaction.conflicted')
  await stand.mine(8)
  await expectPaidOnce(stand, [asked], 'after a conflict')
  expect((await stand.transactions()).map(({ state }) => state)).toEqual(['conflicted', 'final'])
  expect((await run(stand.node.safety.status())).fundsAtRisk).toEqual([])
})
