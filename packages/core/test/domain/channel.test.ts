import { createSimulatedNetwork } from '@payment-node/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { channelLiquidity, nodeLiquidity } from '../../src/domain/channel.ts'
import type { NodeChannel } from '../../src/ports/lightning-node.ts'

/** 1 000 000 sat, 300 000 pushed, as LND lists it: net of 284 sat commitment fee and 660 sat anchors. */
const opened: NodeChannel = {
  channelPoint: `${'ab'.repeat(32)}:0`,
  channelId: '1',
  peer: `02${'cd'.repeat(32)}`,
  capacityMsat: 1_000_000_000n,
  localMsat: 699_056_000n,
  remoteMsat: 300_000_000n,
  localReserveMsat: 10_000_000n,
  remoteReserveMsat: 10_000_000n,
  feePerKw: 253n,
  commitWeight: 1124n,
  isInitiator: true,
  commitmentType: 'anchors',
  isActive: true,
  isPrivate: false,
  pendingHtlcs: [],
  updateCount: 0n,
}
/** The same channel seen by the peer. */
const accepted: NodeChannel = {
  ...opened,
  localMsat: opened.remoteMsat,
  remoteMsat: opened.localMsat,
  isInitiator: false,
}

// LND keeps CalcFeeBuffer(feerate, weight + 172) = 2 * feerate * (weight + 344) / 1000, the current fee included.
const table: readonly [string, NodeChannel, bigint, bigint][] = [
  // 699 056 + 284 - 10 000 - 742
  ['253 sat/kw, we opened', opened, 688_598_000n, 290_000_000n],
  ['253 sat/kw, the peer opened', accepted, 290_000_000n, 688_598_000n],
  // fee 1124, buffer 2936
  ['1000 sat/kw', { ...opened, feePerKw: 1000n }, 687_244_000n, 290_000_000n],
  // fee 56 200, buffer 146 800
  ['50 000 sat/kw', { ...opened, feePerKw: 50_000n }, 598_456_000n, 290_000_000n],
  // Two HTLCs on it: weight 1468, fee 371, buffer 916
  ['with two HTLCs', { ...opened, commitWeight: 1468n }, 688_511_000n, 290_000_000n],
  // fee 183, buffer 2 * 253 * 1068 / 1000 = 540
  [
    'legacy',
    { ...opened, commitWeight: 724n, commitmentType: 'legacy' },
    688_699_000n,
    290_000_000n,
  ],
  ['inactive', { ...opened, isActive: false }, 0n, 0n],
  ['our balance is the reserve', { ...opened, localMsat: 10_000_000n }, 0n, 0n],
  ['our balance is under the reserve', { ...opened, localMsat: 9_000_000n }, 0n, 0n],
  // Below the buffer nothing can be sent, but the peer's HTLC (43 sat) can be paid for.
  ['our balance is the buffer', { ...opened, localMsat: 10_458_000n }, 0n, 290_000_000n],
  ['a satoshi more', { ...opened, localMsat: 10_459_000n }, 1_000n, 290_000_000n],
  ['the fee of one HTLC', { ...opened, localMsat: 10_043_000n }, 0n, 290_000_000n],
  ['less than the fee of one HTLC', { ...opened, localMsat: 10_042_000n }, 0n, 0n],
  ['the peer has its reserve', { ...opened, remoteMsat: 10_000_000n }, 688_598_000n, 0n],
  ['the peer has a satoshi more', { ...opened, remoteMsat: 10_001_000n }, 688_598_000n, 1_000n],
  ['the opener cannot pay for our HTLC', { ...accepted, remoteMsat: 10_042_000n }, 0n, 0n],
]

test('what a channel can send and receive, by LND s fee buffer', () => {
  for (const [name, channel, sendableMsat, receivableMsat] of table)
    expect(channelLiquidity(channel), name).toEqual({ sendableMsat, receivableMsat })
})

test('sendable and receivable are exactly what one payment can carry', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.bigInt({ min: 100_000n, max: 10_000_000n }),
      fc.integer({ min: 5, max: 95 }),
      fc.bigInt({ min: 253n, max: 20_000n }),
      fc.boolean(),
      async (capacitySat, percent, feePerKw, isOver) => {
        const network = createSimulatedNetwork({ seed: 3 })
        const [us, peer] = [network.addNode('us'), network.addNode('peer')]
        const pushSat = (capacitySat * BigInt(percent)) / 100n
        network.establishChannel({ from: us, to: peer, capacitySat, pushSat, feePerKw })
        const [channel] = await network.clock.run(us.lightning.listChannels())
        const { sendableMsat, receivableMsat } = channelLiquidity(channel!)
        for (const [from, to, limit] of [
          [us, peer, sendableMsat],
          [peer, us, receivableMsat],
        ] as const) {
          // Where nothing is promised, dust may pass all the same.
          const over = limit === 0n ? 1_000_000n : 1000n
          const amountMsat = limit + (isOver ? over : 0n)
          if (amountMsat === 0n) continue
          const { paymentRequest } = to.createInvoice({ amountMsat })
          const paid = await network.clock.run(from.pay(paymentRequest, { maximumParts: 1 }))
          expect(paid.state).toBe(isOver ? 'failed' : 'succeeded')
          // The second payment would meet a channel that the first one has changed.
          if (!isOver) break
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('a node can do what its active channels can do together', () => {
  expect(nodeLiquidity([opened, accepted, { ...opened, isActive: false }])).toEqual({
    sendableMsat: 688_598_000n + 290_000_000n,
    receivableMsat: 290_000_000n + 688_598_000n,
  })
  expect(nodeLiquidity([])).toEqual({ sendableMsat: 0n, receivableMsat: 0n })
})
