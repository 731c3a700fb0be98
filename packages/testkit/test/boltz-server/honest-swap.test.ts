import { expect, test } from 'vitest'
import { createWorld } from './simulated-world.ts'
import { ask, claimAlone, claimTogether, type Lockup } from './small-client.ts'

test('a swap is paid, locked up, claimed together, and costs what the pair says', async () => {
  const world = createWorld()
  const { server } = world
  const before = await world.clientSat()
  const swap = await world.create()
  expect(swap.told.onchainAmount).toBe(100_000 - 500 - 308)
  await world.pay(swap)
  expect(server.swaps()[0]!.status).toBe('transaction.mempool')
  await world.mine()
  expect(server.swaps()[0]!.status).toBe('transaction.confirmed')
  const lockup = await ask<Lockup>(world.ask, 'GET', `/swap/reverse/${swap.told.id}/transaction`)
  const claim = await claimTogether(world.ask, swap, lockup.hex, await world.destination())
  expect(world.serverNode.findInvoice(swap.paymentHash)!.state).toBe('settled')
  await world.publish(claim)
  await world.mine()
  expect(claim.virtualSize()).toBe(111)
  const { errors } = server
  expect(errors).toEqual([])
  expect(before - (await world.clientSat())).toBe(500n + 308n + 300n)
  await server.close()
})

test('a claim by the leaf alone shows the server the preimage, and it settles', async () => {
  const world = createWorld(['claim-refused'])
  const { server } = world
  const swap = await world.create()
  await world.pay(swap)
  await world.mine()
  const { hex } = server.swaps()[0]!.lockup!
  const destination = await world.destination()
  await expect(claimTogether(world.ask, swap, hex, destination)).rejects.toThrow(/400.*eligible/)
  expect(world.serverNode.findInvoice(swap.paymentHash)!.state).toBe('accepted')
  await world.publish(claimAlone(swap, hex, destination))
  await world.settle()
  await server.tendAll()
  expect(server.swaps()[0]).toMatchObject({ status: 'invoice.settled', isSettled: true })
  expect(world.serverNode.findInvoice(swap.paymentHash)!.state).toBe('settled')
  expect(server.errors).toEqual([])
  await server.close()
})
