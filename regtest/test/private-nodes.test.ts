import { existsSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { identifyProcess } from '../process-identity.ts'
import { sharedNetwork } from '../shared-network.ts'

const network = sharedNetwork()
const alice = network.node('alice')
afterAll(() => network.remove())

test('a node keeps its key, ports and channels over a restart and over a SIGKILL', async () => {
  const dave = await network.addNode({ alias: 'dave', flags: ['--accept-keysend'] })
  const [point] = await network.openChannels([
    { from: 'alice', to: 'dave', capacitySat: 1_000_000 },
  ])
  expect((await alice.keysend(dave.publicKey, 50_000)).status).toBe('SUCCEEDED')
  const before = dave.details

  for (const restart of [
    () => dave.restart(['--alias=dave-renamed']),
    () => dave.kill().then(() => dave.start()),
  ]) {
    await restart()
    expect(dave.details).toEqual({ ...before, pid: dave.details.pid })
    expect(dave.details.pid).not.toBe(before.pid)
    expect(await dave.info()).toMatchObject({
      alias: 'dave-renamed',
      identity_pubkey: before.publicKey,
    })
    await dave.waitUntilChannelActive(point as string)
    await alice.waitUntilChannelActive(point as string)
    const invoice = await dave.addInvoice({ value_msat: '1000' })
    await alice.waitFor('a payment after the restart', async () => {
      return (await alice.pay(invoice.payment_request)).status === 'SUCCEEDED'
    })
  }

  const closing = await alice.closeChannel(point as string)
  expect(await network.chain.mempool()).toContain(closing)
  await network.mine(6)
  const left = await alice.listChannels()
  expect(left.map((channel) => channel.channel_point)).not.toContain(point)

  await dave.remove()
  expect(identifyProcess(dave.details.pid)).toBeUndefined()
  expect(existsSync(dave.details.folder)).toBe(false)
})

test('a node with a password is locked after each start, and funded and usable once unlocked', async () => {
  const erin = await network.addNode({ alias: 'erin', password: 'correct horse' })
  expect(await erin.state()).toBe('LOCKED')
  await expect(erin.info()).rejects.toThrow('wallet locked')
  await network.mine(1)
  await erin.unlock()
  await erin.waitUntilSynced()
  expect(await erin.info()).toMatchObject({ identity_pubkey: erin.publicKey })
  await erin.fund(1_000_000, 2)
  expect((await erin.walletBalance()).confirmed_balance).toBe('1000000')
  await erin.restart()
  expect(await erin.state()).toBe('LOCKED')
  await erin.remove()
})

test('the oldest supported LND pays the newest and is paid', async () => {
  const old = await network.addNode({ alias: 'old', version: '0.19' })
  expect((await old.info()).version).toMatch(/^0\.19\.3/)
  const [point] = await network.openChannels([
    { from: 'old', to: 'alice', capacitySat: 1_000_000, pushSat: 400_000 },
  ])
  for (const [payer, payee] of [
    [old, alice],
    [alice, old],
  ] as const) {
    const invoice = await payee.addInvoice({ value_msat: '1000000' })
    const payment = await payer.pay(invoice.payment_request)
    expect([payer.alias, payment.status]).toEqual([payer.alias, 'SUCCEEDED'])
  }
  await old.closeChannel(point as string, true)
  await network.mine(6)
  await old.remove()
})

test('a node that cannot start says why', async () => {
  await expect(network.addNode({ alias: 'broken', flags: ['--no-such-flag'] })).rejects.toThrow(
    /lnd of broken ended: exit code 1[\s\S]*unknown flag `no-such-flag'/,
  )
})
