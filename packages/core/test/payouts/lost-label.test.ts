import { expect, test } from 'vitest'
import { type OnchainStand, openOnchain, settle } from '../transactions/onchain-stand.ts'
import { insisting, openLostCoin } from './lost-coin.ts'

/** The next process, whose LND's wallet has its whole history, and no label of it any more. */
async function openUnlabelled(stand: OnchainStand): Promise<void> {
  const { run, lnd } = stand
  await run(stand.node.stop())
  const binding = <T extends object>(target: T, other: (name: string | symbol) => unknown): T =>
    new Proxy(target, {
      get(_, name) {
        const member = other(name) ?? Reflect.get(target, name)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  const wallet = lnd.lightning.onchain!
  const onchain = binding(wallet, (name) =>
    name === 'transactions'
      ? async (since: number) =>
          (await wallet.transactions(since)).map((one) => ({ ...one, label: '' }))
      : undefined,
  )
  const lightning = binding(lnd.lightning, (name) => (name === 'onchain' ? onchain : undefined))
  await run(stand.openNext({ lightning }).node.start())
}

test('what was given up and comes back without its label is charged all the same', async () => {
  const stand = await openLostCoin()
  const { run } = stand
  const id = await stand.queue(200_000n, { isQuick: true })
  await settle(stand)
  await stand.loseCoin()
  await run(stand.node.payouts.resolve(id, 'failed', insisting))
  const before = await run(stand.node.ledger.balances())
  await openUnlabelled(stand)
  await stand.bringBack()
  const after = await run(stand.node.ledger.balances())
  expect(await stand.told('transaction.revived')).toHaveLength(1)
  expect(before.partners[0]!.available.msat - after.partners[0]!.available.msat).toBeGreaterThan(
    200_000_000n,
  )
}, 60_000)

test('what is under way and loses its label is booked once', async () => {
  const stand = await openOnchain()
  const { run } = stand
  await run(stand.node.start())
  const id = await stand.queue(200_000n, { isQuick: true })
  await settle(stand)
  const before = await run(stand.node.ledger.balances())
  await openUnlabelled(stand)
  await stand.mine(14)
  expect((await stand.payout(id)).state).toBe('succeeded')
  expect((await run(stand.node.ledger.balances())).operator).toEqual(before.operator)
  expect(await run(stand.node.ledger.prove())).toMatchObject({ verdict: 'proved' })
}, 60_000)
