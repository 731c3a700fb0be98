import type { NodeInvoice } from '@payment-node/core'
import { expect, test } from 'vitest'
import { createSimulatedNetwork, type NodeOptions } from '../../src/index.ts'

function pair(options: NodeOptions) {
  const network = createSimulatedNetwork({ seed: 1, hasIndexGaps: false })
  const alice = network.addNode('alice')
  const bob = network.addNode('bob', options)
  network.establishChannel({ from: alice, to: bob, capacitySat: 1_000_000n })
  return { network, clock: network.clock, alice, bob }
}

test('keysend arrives as a settled invoice without text where the node takes it', async () => {
  const { clock, alice, bob } = pair({ acceptsKeysend: true })
  const ending = new AbortController()
  const seen: NodeInvoice[] = []
  const watching = (async () => {
    const after = { afterSettleIndex: 0n }
    for await (const batch of bob.lightning.watchSettlements(after, ending.signal)) {
      seen.push(...batch)
    }
  })()
  await clock.advance(10)
  const paid = await clock.run(alice.keysend(bob.publicKey, 5_000_000n))
  expect(paid.state).toBe('succeeded')
  ending.abort()
  await clock.run(watching)
  expect(seen).toMatchObject([
    { isKeysend: true, isAmp: false, paymentRequest: '', paidMsat: 5_000_000n, state: 'settled' },
  ])
  expect((await clock.run(bob.lightning.getInfo())).acceptsKeysend).toBe(true)
})

test('AMP settles without settle index of its own, and leaves a gap in the indexes', async () => {
  const { clock, alice, bob } = pair({ acceptsAmp: true })
  const pay = async (): Promise<bigint> => {
    const { paymentRequest, paymentHash } = bob.createInvoice({ amountMsat: 1_000_000n })
    await clock.run(alice.pay(paymentRequest))
    return bob.findInvoice(paymentHash)!.settleIndex
  }
  const before = await pay()
  const { paymentHash, state } = await clock.run(alice.payAmp(bob.publicKey, 5_000_000n))
  expect(state).toBe('succeeded')
  const arrived = bob.findInvoice(paymentHash)!
  expect(arrived).toMatchObject({ isAmp: true, isKeysend: false, paidMsat: 5_000_000n })
  expect([arrived.settleIndex, arrived.settledAt]).toEqual([0n, undefined])
  expect(await pay()).toBe(before + 2n)
})

test('each is refused by a node that does not take it, also when it takes the other', async () => {
  const wrong: string[] = []
  const tries: [NodeOptions, 'keysend' | 'payAmp'][] = [
    [{}, 'keysend'],
    [{}, 'payAmp'],
    [{ acceptsAmp: true }, 'keysend'],
    [{ acceptsKeysend: true }, 'payAmp'],
  ]
  for (const [options, verb] of tries) {
    const { clock, alice, bob } = pair(options)
    const { state, paymentHash } = await clock.run(alice[verb](bob.publicKey, 1_000_000n))
    if (state !== 'failed' || bob.findInvoice(paymentHash)) wrong.push(JSON.stringify(options))
  }
  expect(wrong).toEqual([])
})

test('keysend with the preimage of an invoice does not settle that invoice', async () => {
  const { clock, alice, bob } = pair({ acceptsKeysend: true })
  const preimage = new Uint8Array(32).fill(5)
  const { paymentHash } = bob.createInvoice({ amountMsat: 1_000_000n, preimage })
  const paid = await clock.run(alice.keysend(bob.publicKey, 1_000_000n, preimage))
  expect(paid).toMatchObject({ paymentHash, state: 'failed', failure: 'incorrect-details' })
  expect(bob.findInvoice(paymentHash)).toMatchObject({ state: 'open', isKeysend: false })
})
