import {
  type LightningNode,
  PaymentNodeError,
  type RescueOptions,
  rescueSwaps,
  type SelfCustodialSwapProvider,
  type Swap,
  type SwapTerms,
} from '@payment-node/core'
import { type BoltzServer, providerWithoutSocket } from '@payment-node/testkit/boltz-server'
import { expect, test } from 'vitest'
import { openWithPayout } from './payout-stand.ts'
import { openSwaps, type SwapStand, swapKey } from './swap-stand.ts'

/** The provider holds the payment; no block has the lockup. */
async function untilHeld(stand: SwapStand, { id }: Swap): Promise<Swap> {
  await stand.settle()
  const held = await stand.swap(id)
  expect(['held', 'lockup-seen']).toContain(held.state)
  return held
}

/** The lockups are in a block when the host is gone. */
async function stopHost(stand: SwapStand): Promise<void> {
  await stand.run(stand.current.node.stop())
  stand.network.mine()
}

/** What the server's restore call tells, read without HTTP. */
function restorable({ server }: SwapStand): SelfCustodialSwapProvider {
  const restore = async () => server.swaps().map(termsOf)
  return { ...providerWithoutSocket(server), restore }
}

function termsOf(swap: ReturnType<BoltzServer['swaps']>[number]): SwapTerms {
  const told = swap.told as Record<'lockupAddress' | 'refundPublicKey', string>
  const leaves: Record<string, { version: number; script: string }> = {}
  for (const [name, { version, output }] of Object.entries(swap.tree))
    leaves[name] = { version, script: output }
  const { lockupAddress, refundPublicKey } = told
  return {
    providerId: swap.id,
    invoice: '',
    lockupAddress,
    refundPublicKey,
    timeoutHeight: swap.timeoutHeight,
    onchainAmountSat: 0n,
    leaves,
    metadata: swap.metadata!,
    raw: told,
  }
}

const rescuing = (stand: SwapStand, more: Partial<RescueOptions> = {}) =>
  stand.run(
    rescueSwaps({
      lightning: stand.lnd.lightning,
      swapKey,
      provider: restorable(stand),
      clock: stand.clock,
      patience: 1000,
      ...more,
    }),
  )

/** Publishes the only claim there is; answers its transaction id. */
async function claim(stand: SwapStand, more: Partial<RescueOptions>): Promise<string> {
  const found = await rescuing(stand, more)
  expect(found.swaps).toMatchObject([{ state: 'claimable' }])
  return stand.run(found.publish(found.swaps[0]!))
}

const labelsOf = async (stand: SwapStand, ids: readonly string[]) => {
  const all = await stand.run(stand.lnd.lightning.onchain!.transactions(0))
  return all
    .filter(({ transactionId }) => ids.includes(transactionId))
    .map(({ label, blockHeight }) => [label, blockHeight !== undefined])
}

/** A host on the same books, until the swap has ended and its claim is final. */
async function startAnew(stand: SwapStand, { id }: Swap): Promise<Swap> {
  stand.openNext()
  await stand.run(stand.current.node.start())
  const ended = await stand.untilEnded(id)
  await stand.mine(8)
  return ended
}

test('two claims of one rescued swap, a cheap and a dear one, are booked once, as the swap’s', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const held = await untilHeld(stand, await stand.ask(1_000_000))
  await stopHost(stand)
  const storedDestination = () => held.destination!
  const cheap = await claim(stand, { storedDestination, feerate: 3 })
  const dear = await claim(stand, { storedDestination, feerate: 9 })
  expect(dear).not.toBe(cheap)
  stand.network.mine()
  const label = `payment-node:swap:${held.id}`
  expect(await labelsOf(stand, [cheap, dear])).toEqual([[label, true]])
  const swap = await startAnew(stand, held)
  expect(swap.state).toBe('claimed')
  const { node } = stand.current
  expect(await stand.run(node.ledger.prove())).toMatchObject({ verdict: 'proved' })
  expect((await stand.run(node.ledger.balances())).world.deposits.msat).toBe(0n)
})

test('the rescued swap of a payout pays the wallet alone, and the payout waits in the queue again', async () => {
  const stand = await openWithPayout()
  const before = await stand.assets()
  const held = await untilHeld(stand, await stand.askForPayout())
  await stopHost(stand)
  const storedDestination = () => held.restDestination!
  const published = await claim(stand, { storedDestination, feerate: 9 })
  stand.network.mine()
  const label = `payment-node:swap:${held.id}`
  expect(await labelsOf(stand, [published])).toEqual([[label, true]])
  expect((await startAnew(stand, held)).state).toBe('claimed')
  expect(await stand.paying()).toMatchObject({ swap: null })
  expect(await stand.faultsOf(held.id, before)).toEqual([])
})

test('what was claimed without the books is a deposit to them, and the swap’s loss', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const held = await untilHeld(stand, await stand.ask(1_000_000))
  await stopHost(stand)
  const published = await claim(stand, { feerate: 9 })
  const coins = await stand.run(stand.lnd.lightning.onchain!.unspent())
  const received = coins.find(({ outpoint }) => outpoint === `${published}:0`)!.amountSat
  stand.network.mine()
  const label = `payment-node:rescue:${held.id}`
  expect(await labelsOf(stand, [published])).toEqual([[label, true]])
  expect((await startAnew(stand, held)).state).toBe('lost')
  const { node } = stand.current
  expect(await stand.run(node.ledger.prove())).toMatchObject({ verdict: 'proved' })
  const { swapLosses, deposits } = (await stand.run(node.ledger.balances())).world
  expect([swapLosses.msat, deposits.msat]).toEqual([1_000_000_000n, -received * 1000n])
})

test('near the timeout a claim is made dearer only when its payment is taken, whatever was published before', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const held = await untilHeld(stand, await stand.ask(1_000_000))
  await stopHost(stand)
  const real = stand.lnd.lightning
  const [inFlight] = await stand.run(real.listPayments({ afterIndex: 0n, limit: 1 }))
  const cheap = await claim(stand, { feerate: 3 })
  let isTaken = false
  const info = await stand.run(real.getInfo())
  const lightning: LightningNode = {
    ...real,
    getInfo: async () => ({ ...info, blockHeight: held.timeoutHeight! - 20 }),
    async *trackPayment(paymentHash, signal) {
      if (isTaken) yield* real.trackPayment(paymentHash, signal)
      else yield inFlight!
    },
  }
  const late = await rescuing(stand, { lightning, feerate: 9 })
  const says = expect.stringContaining('a child that spends its output')
  expect(late.swaps).toMatchObject([{ state: 'too-late', payment: 'in-flight', claim: null, says }])
  isTaken = true
  await stand.settle()
  expect(await claim(stand, { lightning, feerate: 9 })).not.toBe(cheap)
})

test('one damaged address, and one swap that LND cannot be asked about, keep no other from being rescued', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const asked: Swap[] = []
  for (const key of ['a', 'b', 'c', 'd']) asked.push(await stand.ask(500_000, key))
  const held: Swap[] = []
  for (const swap of asked) held.push(await untilHeld(stand, swap))
  const [foreign, damaged, silent, good] = held
  await stopHost(stand)
  const stored: Record<string, string> = {
    [foreign!.paymentHash]: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
    [damaged!.paymentHash]: 'no address at all',
  }
  const real = stand.lnd.lightning
  const broken = new Set([silent!.paymentHash])
  const lightning: LightningNode = {
    ...real,
    trackPayment(paymentHash, signal) {
      if (!broken.has(paymentHash)) return real.trackPayment(paymentHash, signal)
      const details = { reason: 'unreachable', outcome: 'none' } as const
      throw new PaymentNodeError('node.unavailable', 'LND broke off.', details)
    },
  }
  const more = { lightning, storedDestination: (hash: string) => stored[hash] }
  const found = await rescuing(stand, more)
  const stateOf = ({ providerId }: Swap) =>
    found.swaps.find((swap) => swap.providerId === providerId)
  const unusable = {
    state: 'unreadable',
    says: expect.stringContaining('an address for its claim that cannot be paid'),
    claim: null,
  }
  expect(stateOf(foreign!)).toMatchObject(unusable)
  expect(stateOf(damaged!)).toMatchObject(unusable)
  expect(stateOf(silent!)).toMatchObject({
    state: 'unreadable',
    says: expect.stringContaining('LND broke off.'),
  })
  expect(stateOf(good!)).toMatchObject({ state: 'claimable' })
  await stand.run(found.publish(stateOf(good!)!))

  // Where LND answers for none it is no swap's fault.
  for (const { paymentHash } of held) broken.add(paymentHash)
  const gone = rescuing(stand, { lightning })
  await expect(gone).rejects.toMatchObject({ code: 'node.unavailable' })
})
