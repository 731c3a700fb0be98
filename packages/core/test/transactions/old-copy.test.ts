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
