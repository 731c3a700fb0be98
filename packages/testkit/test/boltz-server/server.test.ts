import { createHmac } from 'node:crypto'
import * as curve from 'tiny-secp256k1'
import { expect, test } from 'vitest'
import { createWorld } from './simulated-world.ts'
import { ask, claimAlone, claimTogether, createSwap } from './small-client.ts'

const statuses = (world: ReturnType<typeof createWorld>): string[] =>
  world.server.swaps()[0]!.history.map(({ status }) => status)

test('after the timeout, not before, the lockup is taken back and the payment returns', async () => {
  const world = createWorld()
  const before = await world.clientSat()
  const swap = await world.create()
  await world.pay(swap)
  await world.mine(swap.told.timeoutBlockHeight - 1 - world.network.blockHeight)
  const [seen] = world.server.swaps()
  expect([seen!.status, seen!.refund]).toEqual(['transaction.confirmed', undefined])
  await world.mine()
  expect(seen!.status).toBe('transaction.refunded')
  expect(world.serverNode.findInvoice(swap.paymentHash)!.state).toBe('accepted')
  // Too late: the refund is in the mempool and pays no less.
  const claim = claimAlone(swap, seen!.lockup!.hex, await world.destination(), 100n)
  await expect(world.publish(claim)).rejects.toThrow('input-spent')
  await world.mine()
  await world.settle()
  expect(world.serverNode.findInvoice(swap.paymentHash)!.state).toBe('canceled')
  expect(await world.clientSat()).toBe(before)
  expect(world.server.errors).toEqual([])
  await world.server.close()
})

test('an unpaid invoice expires, and the swap with it', async () => {
  const world = createWorld()
  const swap = await world.create({ invoiceExpiry: 600 })
  await world.clock.advance(599_000)
  expect(statuses(world)).toEqual(['swap.created'])
  await world.clock.advance(2000)
  expect(statuses(world)).toEqual(['swap.created', 'invoice.expired', 'swap.expired'])
  expect(world.serverNode.findInvoice(swap.paymentHash)!.state).toBe('canceled')
  await world.server.close()
})

test('a payment that is held too late locks up nothing and returns', async () => {
  const world = createWorld(['lockup-never'])
  const swap = await world.create()
  await world.pay(swap)
  world.server.faults.clear()
  world.network.mine(swap.told.timeoutBlockHeight - world.network.blockHeight)
  await world.settle()
  await world.server.tendAll()
  expect(statuses(world).at(-1)).toBe('swap.expired')
  expect(world.server.swaps()[0]!.lockup).toBeUndefined()
  expect(world.serverNode.findInvoice(swap.paymentHash)!.state).toBe('canceled')
  await world.server.close()
})

test('a claim is replaced by one that pays more, with a fresh nonce; the chain has one of them', async () => {
  const world = createWorld()
  const swap = await world.create()
  await world.pay(swap)
  await world.mine()
  const { hex } = world.server.swaps()[0]!.lockup!
  const destination = await world.destination()
  const first = await claimTogether(world.ask, swap, hex, destination, 300n)
  await world.publish(first)
  const hardlyMore = claimAlone(swap, hex, destination, 301n)
  await expect(world.publish(hardlyMore)).rejects.toThrow('input-spent')
  const second = await claimTogether(world.ask, swap, hex, destination, 900n)
  await world.publish(second)
  await world.mine()
  const found = (id: string): unknown => world.network.findTransaction(id)?.blockHeight
  expect([found(first.getId()), found(second.getId())]).toEqual([
    undefined,
    world.network.blockHeight,
  ])
  const [{ claims } = { claims: [] }] = world.server.swaps()
  expect(claims.map(({ isNonceRepeated }) => isNonceRepeated)).toEqual([false, false])
  expect(statuses(world).filter((status) => status === 'invoice.settled')).toHaveLength(1)
  const audit = world.network.audit()
  const { channelsMsat, walletsMsat, feesMsat } = audit
  expect(channelsMsat + walletsMsat + feesMsat).toBe(audit.issuedMsat)
  await world.server.close()
})

test('asked by the amount on chain, it invoices what leaves that; a swap of its own words', async () => {
  const world = createWorld()
  const asked = { invoiceAmount: undefined, onchainAmount: 99_192 }
  const swap = await world.create(asked)
  expect(swap.told.onchainAmount).toBeUndefined()
  const says = await world.clock.run(world.client.lightning.decodeInvoice(swap.told.invoice))
  expect(says.amountMsat).toBe(100_000_000n)
  await world.server.close()
})

test('only a preimage settles, and a claim can follow without it', async () => {
  const world = createWorld()
  const swap = await world.create()
  await world.pay(swap)
  await world.mine()
  const path = `/swap/reverse/${swap.told.id}/claim`
  const preimage = swap.preimage.toString('hex')
  expect(await ask(world.ask, 'POST', path, { preimage })).toEqual({})
  expect(world.serverNode.findInvoice(swap.paymentHash)!.state).toBe('settled')
  const { hex } = world.server.swaps()[0]!.lockup!
  await world.publish(await claimTogether(world.ask, swap, hex, await world.destination()))
  await world.server.close()
})

test('swaps are found again by an extended public key, over gaps, with their metadata', async () => {
  const world = createWorld()
  const master = { key: '01'.repeat(32), chainCode: '02'.repeat(32) }
  const path = [44, 0, 0, 0]
  for (const index of [0, 3]) {
    const { key } = [...path, index].reduce(deriveSecret, master)
    const secret = Buffer.from(key, 'hex')
    await createSwap(world.ask, 50_000, { metadata: `0${index}` }, secret)
  }
  await world.create()
  // Of that key and chain code, written by another program.
  const xpub =
    'xpub661MyMwAqRbcEZbPFYyqbNP2o4bdncZ8SQXfU28TG2zZveytp5Ps9jJSpM4wfz649okSyMMq9S7SrrXjf6fuyYCEhy3cfANDeVwedfrVQhL'
  const body = { xpub, gapLimit: 3 }
  const found = await ask<{ metadata: string; claimDetails: { keyIndex: number } }[]>(
    world.ask,
    'POST',
    '/swap/restore',
    body,
  )
  expect(found.map(({ metadata, claimDetails }) => [metadata, claimDetails.keyIndex])).toEqual([
    ['00', 0],
    ['03', 3],
  ])
  expect(await ask(world.ask, 'POST', '/swap/restore/index', body)).toEqual({ index: 3 })
  const near = { xpub, gapLimit: 2 }
  expect(await ask(world.ask, 'POST', '/swap/restore/index', near)).toEqual({ index: 0 })
  const other = { xpub, derivationPath: 'm/44/0/0/1' }
  expect(await ask(world.ask, 'POST', '/swap/restore/index', other)).toEqual({ index: -1 })
  await world.server.close()
})

test('several statuses at once, and metadata that is set later', async () => {
  const world = createWorld()
  const [one, two] = [await world.create(), await world.create()]
  const told = await ask(world.ask, 'GET', `/swap/status?ids=${one.told.id}&ids=${two.told.id}`)
  expect(told).toEqual({
    [one.told.id]: { status: 'swap.created' },
    [two.told.id]: { status: 'swap.created' },
  })
  await ask(world.ask, 'PATCH', `/swap/${two.told.id}/metadata`, { metadata: 'beef' })
  expect(world.server.swaps()[1]!.metadata).toBe('beef')
  await world.server.close()
})

/** CKDpriv of BIP32, not hardened; hex. */
function deriveSecret(
  parent: { readonly key: string; readonly chainCode: string },
  index: number,
): { readonly key: string; readonly chainCode: string } {
  const secret = Buffer.from(parent.key, 'hex')
  const place = Buffer.alloc(4)
  place.writeUInt32BE(index)
  const hash = createHmac('sha512', Buffer.from(parent.chainCode, 'hex'))
    .update(curve.pointFromScalar(secret, true)!)
    .update(place)
    .digest('hex')
  const key = curve.privateAdd(secret, Buffer.from(hash.slice(0, 64), 'hex'))!
  return { key: Buffer.from(key).toString('hex'), chainCode: hash.slice(64) }
}
