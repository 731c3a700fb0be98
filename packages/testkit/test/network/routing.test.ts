import { expect, test } from 'vitest'
import { createSimulatedNetwork } from '../../src/index.ts'

function line() {
  const network = createSimulatedNetwork({ seed: 4 })
  const { clock } = network
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((alias) => network.addNode(alias))
  if (!alice || !bob || !carol) throw new Error('unreachable')
  const size = { capacitySat: 10_000_000n, pushSat: 5_000_000n }
  const points = [
    network.establishChannel({ from: alice, to: bob, ...size }),
    network.establishChannel({ from: bob, to: carol, ...size }),
  ]
  const pay = (amountMsat: bigint) =>
    clock.run(alice.pay(carol.createInvoice({ amountMsat }).paymentRequest))
  const forwards = () => {
    const page = { startTime: 0, endTime: clock.now() + 1, offset: 0, limit: 100 }
    return clock.run(bob.lightning.forwards!.list(page))
  }
  return { network, clock, alice, bob, carol, points, pay, forwards }
}

test('routes cost what the policy says, at once, and only in its direction', async () => {
  const { clock, alice, bob, carol, points, pay } = line()
  const write = (channelPoint: string, baseFeeMsat: bigint, feeRatePpm: number) =>
    clock.run(
      bob.lightning.policies!.write({
        channelPoint,
        baseFeeMsat,
        feeRatePpm,
        timeLockDeltaBlocks: 40,
      }),
    )
  await write(points[1]!, 5_000n, 1_000)
  expect(await pay(10_000_000n)).toMatchObject({ state: 'succeeded', feeMsat: 15_000n })
  const back = alice.createInvoice({ amountMsat: 10_000_000n })
  expect((await clock.run(carol.pay(back.paymentRequest))).feeMsat).toBe(1_010n)
  await write(points[0]!, 0n, 0)
  const free = alice.createInvoice({ amountMsat: 10_000_000n })
  expect((await clock.run(carol.pay(free.paymentRequest))).feeMsat).toBe(0n)
  expect(await clock.run(alice.lightning.policies!.read())).toMatchObject([{ feeRatePpm: 1 }])
})

test('forwards are written down every fifteen seconds or when the process ends; times never repeat', async () => {
  const { clock, bob, alice, carol, forwards } = line()
  const invoices = Array.from({ length: 20 }, () => carol.createInvoice({ amountMsat: 1_000_000n }))
  await clock.run(Promise.all(invoices.map(({ paymentRequest }) => alice.pay(paymentRequest))))
  expect(await forwards()).toEqual([])
  await clock.advance(15_000)
  const listed = await forwards()
  expect(listed.length).toBe(20)
  expect(new Set(listed.map(({ at }) => at)).size).toBe(20)
  expect([...listed].sort((a, b) => Number(a.at - b.at))).toEqual(listed)
  expect(listed[0]).toMatchObject({ amountOutMsat: 1_000_000n, feeMsat: 1_001n })
  await clock.run(alice.pay(carol.createInvoice({ amountMsat: 1_000_000n }).paymentRequest))
  bob.restart()
  expect((await forwards()).length).toBe(21)
})

test('payments of the node itself and failed ones are no forwards', async () => {
  const { clock, alice, bob, carol, pay, forwards } = line()
  await clock.run(bob.pay(carol.createInvoice({ amountMsat: 1_000_000n }).paymentRequest))
  await clock.run(alice.pay(bob.createInvoice({ amountMsat: 1_000_000n }).paymentRequest))
  const canceled = carol.createInvoice({ amountMsat: 1_000_000n })
  carol.cancelHold(canceled.paymentHash)
  expect((await clock.run(alice.pay(canceled.paymentRequest))).state).toBe('failed')
  await clock.advance(30_000)
  expect(await forwards()).toEqual([])
  await pay(2_000_000n)
  await clock.advance(30_000)
  expect((await forwards()).length).toBe(1)
})

test('a time lock is 24 to 2016 blocks', async () => {
  const { clock, bob, points } = line()
  const write = (timeLockDeltaBlocks: number) =>
    clock.run(
      bob.lightning.policies!.write({
        channelPoint: points[0]!,
        baseFeeMsat: 0n,
        feeRatePpm: 0,
        timeLockDeltaBlocks,
      }),
    )
  for (const blocks of [24, 2016]) await write(blocks)
  for (const blocks of [23, 2017]) await expect(write(blocks)).rejects.toThrow('time lock delta')
})
