import { type NewPayment, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openSwaps, type SwapStand } from './swap-stand.ts'

/** Everything that LND is asked to pay from now on. */
function payments({ lnd }: SwapStand): NewPayment[] {
  const asked: NewPayment[] = []
  lnd.faults.add(({ call, moment, parameters }) => {
    if (call === 'pay' && moment === 'before-effect') asked.push(parameters[0] as NewPayment)
    return undefined
  })
  return asked
}

test('LND is asked to pay within the feeLimit, the blocks and the channels of the swap', async () => {
  const stand = openSwaps({ options: { swapping: { maximumCltv: 555 } } })
  await stand.run(stand.node.start())
  const asked = payments(stand)
  const { id } = await stand.ask(1_000_000)
  expect((await stand.untilEnded(id)).state).toBe('claimed')
  expect(asked).toHaveLength(1)
  const { paymentRequest, ...bounds } = asked[0]!
  expect(paymentRequest).toMatch(/^lnbcrt/)
  expect(bounds).toEqual({
    feeLimitMsat: 5_000_000n,
    timeoutSeconds: 60,
    maximumCltv: 555,
    outgoingChannels: [],
  })
})

test('the counter outside has the intent before LND is asked; while it cannot be written nothing is paid', async () => {
  let written: number | undefined
  let isBroken = false
  const intentCounter = {
    read: async () => written,
    async write(count: number) {
      if (isBroken) throw new Error('the disk is full')
      written = count
    },
  }
  const stand = openSwaps({ options: { intentCounter } })
  await stand.run(stand.node.start())
  expect(written).toBe(0)
  const asked = payments(stand)
  isBroken = true
  const { id } = await stand.ask(1_000_000)
  await stand.settle(60_000)
  const waiting = await stand.swap(id)
  expect([waiting.state, waiting.reason]).toEqual(['paying', 'counter-unreachable'])
  expect(asked).toEqual([])
  isBroken = false
  await stand.settle()
  expect(asked).toHaveLength(1)
  expect(written).toBeGreaterThan(0)
  expect((await stand.untilEnded(id)).state).toBe('claimed')
})

test('the kill switch that is set at the last moment keeps the payment from LND', async () => {
  let isSet = false
  const stand = openSwaps({
    hooks: {
      beforeCommit({ writes }) {
        const write = writes.find(({ table }) => table.name === 'swaps')
        if (isSet || write?.op !== 'update' || write.set.state !== 'paying') return
        isSet = true
        void stand.node.safety.halt('a drill')
        // The same change comes again a moment later.
        throw new PaymentNodeError('storage.unavailable', 'Injected.', { outcome: 'none' })
      },
    },
  })
  await stand.run(stand.node.start())
  const asked = payments(stand)
  const { id } = await stand.ask(1_000_000)
  await stand.settle()
  const swap = await stand.swap(id)
  expect([swap.state, swap.reason, asked.length]).toEqual(['verified', 'halted', 0])
})

test('what LND has shown and says it has forgotten is not paid again', async () => {
  const stand = openSwaps({ faults: ['lockup-never'] })
  await stand.run(stand.node.start())
  const asked = payments(stand)
  const { id, paymentHash } = await stand.ask(1_000_000)
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('held')
  await stand.run(stand.node.stop())
  stand.lnd.faults.add(({ call, moment }) =>
    call === 'trackPayment' && moment === 'before-effect'
      ? { error: new PaymentNodeError('node.payment-not-found', 'what?', { paymentHash }) }
      : undefined,
  )
  stand.openNext()
  await stand.run(stand.node.start())
  await stand.settle(60_000)
  expect(asked).toHaveLength(1)
  expect((await stand.swap(id)).endedAt).toBeNull()
})

test('what was handed to LND and never reached it is sent again, once LND says that it does not know it', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const asked = payments(stand)
  stand.lnd.faults.once('pay', 'before-effect', { outcome: 'none' })
  const { id } = await stand.ask(1_000_000)
  expect((await stand.untilEnded(id)).state).toBe('claimed')
  expect(asked.length).toBeGreaterThan(1)
  const { items } = await stand.run(stand.node.swaps.list({ state: 'claimed' }))
  expect(items.map((swap) => swap.id)).toEqual([id])
})

test('a node that shows no lockups pays no swap', async () => {
  const stand = openSwaps()
  const { lightning } = stand.current
  const without = stand.openNext({ lightning: { ...lightning, chain: undefined } as never })
  await stand.run(without.node.start())
  await expect(stand.ask(1_000_000)).rejects.toMatchObject({
    code: 'swap.no-offer',
    details: { rejected: [{ provider: 'boltz', reason: 'node-cannot-watch' }] },
  })
  await stand.run(without.node.stop())
  // It may only be found out when it is tried.
  stand.openNext()
  await stand.run(stand.node.start())
  const asked = payments(stand)
  stand.lnd.faults.add(({ call, moment }) =>
    call === 'watchConfirmation' && moment === 'before-effect'
      ? {
          error: new PaymentNodeError('node.macaroon-rejected', 'permission denied', {
            reason: 'permission-denied',
          }),
        }
      : undefined,
  )
  const { id } = await stand.ask(1_000_000)
  await stand.settle()
  const swap = await stand.swap(id)
  expect([swap.state, swap.reason]).toEqual(['failed-unpaid', 'lockups-unwatchable'])
  expect(asked).toEqual([])
})

test('nothing is revealed before the lockup has the confirmations that are asked for', async () => {
  const stand = openSwaps({ options: { swapping: { confirmations: 3 } } })
  await stand.run(stand.node.start())
  const { id } = await stand.ask(1_000_000)
  await stand.settle()
  for (const confirmations of [1, 2]) {
    await stand.mine()
    const swap = await stand.swap(id)
    expect([swap.state, swap.revealedAt], `${confirmations}`).toEqual(['lockup-seen', null])
  }
  await stand.mine()
  expect((await stand.swap(id)).revealedAt).not.toBeNull()
  expect((await stand.untilEnded(id)).state).toBe('claimed')
})
