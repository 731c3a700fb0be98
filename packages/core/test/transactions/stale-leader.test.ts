import { expect, test } from 'vitest'
import type { Context } from '../../src/context.ts'
import type { RowOf } from '../../src/tables/table.ts'
import type { transactions } from '../../src/tables/transactions.ts'
import { fundTransaction, giveUp } from '../../src/transactions/fund-transaction.ts'
import type { Pursuit } from '../../src/transactions/mark-transaction.ts'
import { openOnchain, settle } from './onchain-stand.ts'

test('who leads no longer leaves the locks alone: the next leader may have signed what they hold', async () => {
  const stand = await openOnchain()
  const { run, lnd } = stand
  // Signing hangs, so that the locks are all there is.
  lnd.faults.add(({ call, moment }) =>
    call === 'signTransaction' && moment === 'before-effect' ? { outcome: 'none' } : undefined,
  )
  await run(stand.node.start())
  await stand.queue(40_000n, { isQuick: true })
  await settle(stand)
  const [row] = (await stand.transactions()) as RowOf<typeof transactions>[]
  expect(row!.state).toBe('funded')
  const leases = await run(lnd.lightning.funding!.leases())
  expect(leases.length).toBe(1)

  let isFresh = false
  const { storage, lightning } = stand.current
  const live = { state: 'ready', compared: { epoch: 1, doubts: 0 }, doubts: 0 }
  const context = { storage, lightning, live, clock: stand.clock } as unknown as Context
  const old: Pursuit = {
    context,
    identity: { publicKey: row!.node, network: 'regtest' },
    leadership: { epoch: 1, fence: undefined as never, isFresh: () => isFresh },
    signal: new AbortController().signal,
  }
  expect(await run(giveUp(old, row!, 'halted'))).toBe(false)
  expect(await run(fundTransaction(old, row!))).toBe(false)
  expect(await run(lnd.lightning.funding!.leases())).toEqual(leases)
  // With a fresh lease it is its own to give back.
  isFresh = true
  await run(giveUp(old, row!, 'halted')).catch(() => undefined)
  expect(await run(lnd.lightning.funding!.leases())).toEqual([])
})
