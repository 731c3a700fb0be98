import type { Clock } from '@payment-node/core'
import { expect, test } from 'vitest'
import { createSimulatedNetwork } from '../../src/index.ts'

const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    }),
}

test('with a real clock the network runs by itself', async () => {
  const network = createSimulatedNetwork({ clock: systemClock, timing: { hopMilliseconds: 1 } })
  const [alice, bob] = [network.addNode('alice'), network.addNode('bob')]
  network.establishChannel({ from: alice, to: bob, capacitySat: 1_000_000n })
  const ending = new AbortController()
  const arrived = (async () => {
    const after = { afterSettleIndex: 0n }
    for await (const [invoice] of bob.lightning.watchSettlements(after, ending.signal)) {
      if (invoice) return invoice
    }
    return undefined
  })()
  const { paymentRequest, paymentHash } = bob.createInvoice({ amountMsat: 5_000n })
  await bob.lightning.getInfo()
  expect((await alice.pay(paymentRequest)).state).toBe('succeeded')
  expect((await arrived)?.paymentHash).toBe(paymentHash)
  ending.abort()
})
