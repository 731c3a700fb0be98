import type { Change } from '@payment-node/core'
import { copyMemoryData, type MemoryData, memory } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import { openOnchain, settle } from './onchain-stand.ts'

const states = ['intended', 'funded', 'signed', 'published'] as const

test('an old copy of the books pays nothing again on chain: what it has not signed halts outgoing money', async () => {
  for (const state of states) {
    let copy: MemoryData | undefined
    const stand = await openOnchain({
      hooks: {
        // As the books were directly before.
        beforeCommit({ writes }: Change) {
          const write = writes.find(({ table }) => table.name === 'transactions')
          const next = write?.op === 'update' ? write.set.state : write && 'intended'
          if (next === state) copy = copyMemoryData(stand.data)
        },
      },
    })
    const { run, network } = stand
    const first = stand.current
    await run(first.node.start())
    const address = await stand.address()
    await stand.queue(200_000n, { address, isQuick: true })
    await settle(stand)
    await stand.mine(2)
    expect(copy, state).toBeDefined()
    first.kill()
    const { node } = stand.openNext({ storage: memory({ data: copy!, exclusive: true }) })
    await run(node.start())
    await settle(stand)
    await stand.mine(8)
    expect(network.outputsTo(address).length, state).toBe(1)
    const isSigned = state === 'published'
    const safety = await run(node.safety.status())
    expect(safety, state).toMatchObject({ isHalted: !isSigned })
    if (!isSigned) {
      expect(safety.cause).toBe('books-behind')
      const { items } = await run(node.safety.differences())
      expect(items.map(({ kind }) => kind)).toEqual(['unknown-transaction'])
    }
    const { items } = await run(node.payouts.list())
    expect(
      items.map((payout) => payout.state),
      state,
    ).toEqual([state === 'intended' ? 'queued' : 'succeeded'])
    await run(node.stop())
  }
})

test('what newer books have paid on chain is booked as the operator’s, and nothing is missing', async () => {
  const stand = await openOnchain()
  const { run, network } = stand
  await run(stand.node.start())
  await stand.mine(2)
  const copy = copyMemoryData(stand.data)
  const address = await stand.address()
  await stand.queue(200_000n, { address, isQuick: true })
  await settle(stand)
  await stand.mine(2)
  stand.current.kill()
  const { node } = stand.openNext({ storage: memory({ data: copy, exclusive: true }) })
  await run(node.start())
  await settle(stand)
  expect(await run(node.safety.status())).toMatchObject({ cause: 'books-behind' })
  await run(node.safety.resume('it was restored'))
  await stand.mine(12)
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  expect(await run(node.ledger.prove())).toMatchObject({ verdict: 'proved' })
  const { items } = await run(node.ledger.journal())
  const moves = items.filter(({ kind }) => kind === 'wallet-withdrawal')
  expect(moves.length).toBe(1)
  const [paid] = network.outputsTo(address)
  expect(moves[0]?.subject).toBe(`transaction/${paid?.transactionId}`)
})

test('new books on a node with a past: what others have paid before them under our label halts nothing', async () => {
  const stand = await openOnchain()
  const { run, network } = stand
  await run(stand.node.start())
  await stand.queue(200_000n, { isQuick: true })
  await settle(stand)
  await stand.mine(1)
  await run(stand.node.stop())
  const { node } = stand.openNext({ storage: memory({ exclusive: true }) })
  await run(node.start())
  await settle(stand)
  await stand.mine(8)
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  expect(network.waitingTransactions).toEqual([])
})

/** Books from before the transaction that has paid the queued payout, started. */
async function openOldCopy() {
  let copy: MemoryData | undefined
  const stand = await openOnchain({
    hooks: {
      beforeCommit({ writes }: Change) {
        const write = writes.find(({ table }) => table.name === 'transactions')
        if (write?.op === 'insert') copy = copyMemoryData(stand.data)
      },
    },
  })
  const first = stand.current
  await stand.run(first.node.start())
  const address = await stand.address()
  const id = await stand.queue(200_000n, { address, isQuick: true })
  await settle(stand)
  await stand.mine(2)
  first.kill()
  const { node } = stand.openNext({ storage: memory({ data: copy!, exclusive: true }) })
  await stand.run(node.start())
  await settle(stand)
  await stand.mine(8)
  return { stand, node, address, id, paid: () => stand.network.outputsTo(address).length }
}

const evidence = { by: 'the operator', note: 'a block explorer shows it' }

test('an old copy, resumed: what it holds for queued waits for the operator s word, and is not paid again', async () => {
  const { stand, node, id, paid } = await openOldCopy()
  const { run } = stand
  expect(await run(node.payouts.get(id))).toMatchObject({ state: 'queued', reason: 'maybe-paid' })
  await expect(run(node.payouts.cancel(id))).rejects.toMatchObject({ code: 'payout.maybe-paid' })
  await run(node.safety.resume('ok'))
  await settle(stand)
  await stand.mine(8)
  expect(await run(node.payouts.get(id))).toMatchObject({ state: 'queued', reason: 'maybe-paid' })
  expect(paid()).toBe(1)
  await run(node.payouts.release(id))
  await settle(stand)
  await stand.mine(8)
  expect(paid()).toBe(2)
})

test('an old copy, resolved as it advises: paid once, booked once, and the proof holds', async () => {
  for (const order of ['resolve', 'resume'] as const) {
    const { stand, node, id, paid } = await openOldCopy()
    const { run } = stand
    const { items } = await run(node.safety.differences())
    expect(items[0]!.books).toContain('payouts.resolve')
    const resolve = () =>
      run(node.payouts.resolve(id, 'succeeded', { ...evidence, fee: '775 sat' }))
    if (order === 'resolve') await resolve()
    await run(node.safety.resume('as advised'))
    await settle(stand)
    if (order === 'resume') await resolve()
    await stand.clock.advance(15 * 60_000)
    await stand.mine(8)
    expect(paid(), order).toBe(1)
    expect(await run(node.safety.status()), order).toMatchObject({ isHalted: false })
    expect((await run(node.partners.get('m1'))).available.msat, order).toBe(2_799_225_000n)
    expect((await run(node.ledger.prove())).verdict, order).toBe('proved')
  }
})
