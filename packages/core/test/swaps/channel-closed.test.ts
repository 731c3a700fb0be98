import { expect, test } from 'vitest'
import { openSwaps } from './swap-stand.ts'

test('the channel of a swap is closed by force while its payment is held: claimed, and the books have what it cost', async () => {
  const stand = openSwaps()
  const { run, lnd, payee } = stand
  await run(stand.node.start())
  const before = await stand.assets()
  const [channel] = (await run(lnd.lightning.listChannels())).filter(
    ({ peer }) => peer === payee.publicKey,
  )
  // What the opener holds back for the commitment transaction and its anchors is part of what we have.
  const { capacityMsat, localMsat, remoteMsat } = channel!
  const heldMsat = capacityMsat - localMsat - remoteMsat
  const { id } = await stand.ask(1_000_000)
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('lockup-seen')
  // The payment was seen under way: a look at the channels lies between.
  await stand.settle(120_000)
  payee.closeChannel(channel!.channelPoint, { kind: 'force' })
  await stand.mine(30)
  const swap = await stand.swap(id)
  expect(swap.state).toBe('claimed')
  await stand.mine(10)
  await stand.settle(1_200_000)
  expect(await run(stand.node.safety.status())).toMatchObject({ isHalted: false })
  const proof = await run(stand.node.ledger.prove())
  expect(proof.verdict, JSON.stringify(proof)).toBe('proved')
  const { service, routing, claim } = swap.costs
  const { world } = await run(stand.node.ledger.balances())
  const gone = before + heldMsat - (await stand.assets())
  const told = service!.msat + routing!.msat + world.onchainFees.msat
  expect(world.onchainFees.msat).toBeGreaterThan(claim!.msat + heldMsat - 660_000n)
  // The chain holds whole satoshi.
  expect(gone - told).toBeLessThan(2000n)
  expect(told - gone).toBeLessThan(2000n)
})
