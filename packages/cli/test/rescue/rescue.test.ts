import type { Swap } from '@payment-node/core'
import { expect, test } from 'vitest'
import { loadKey } from '../../../core/src/keys.ts'
import { deriveSwapKeys } from '../../../core/src/swaps/kit/derive-swap-keys.ts'
import { openFolder, withHost } from '../shop-folder.ts'
import { swappingShop } from '../swaps/swapping-shop.ts'
import {
  loseBooks,
  rescue,
  type SwappingShop,
  swapOf,
  untilHeld,
  untilLocked,
} from './rescue-shop.ts'

const file = 'payment-node.config.ts'

test('a swap whose books are lost is found, shown, and claimed only when it is said', async () => {
  using folder = openFolder()
  const path = folder.write(file, swappingShop())
  let held: Swap | undefined
  let shop: SwappingShop | undefined
  await withHost(path, async (node, world) => {
    shop = world as SwappingShop
    held = await untilHeld(node)
  })
  const { network, shop: lnd, server } = shop!
  const { providerId, paymentHash, id } = held!
  await untilLocked(shop!, providerId!)

  // With the books it says what it waits for; that is the host's to do.
  const kept = await folder.run('rescue')
  expect([kept.exitCode, kept.stderr]).toEqual([0, ''])
  expect(kept.stdout).toContain(`  ${id}\n    100,000 sat, `)
  expect(kept.stdout).toContain('The running host carries them on')

  loseBooks(folder)
  expect(await folder.run('rescue')).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('rescue --without-books'),
  })
  const shown = await folder.run('rescue', '--without-books', '--patience', '1')
  expect([shown.exitCode, shown.stderr]).toEqual([0, ''])
  expect(shown.stdout).toMatch(/^swaps\.example knows 1 of this key$/m)
  expect(shown.stdout).toMatch(
    new RegExp(`^  ${providerId}  claimable, 9\\d,\\d{3} sat locked up, \\d+ blocks left$`, 'm'),
  )
  expect(shown.stdout.replace(/\s+/g, ' ')).toContain('Nothing was published.')
  const looked = await rescue(folder)
  expect(looked.lost).toMatchObject([
    { providerId, paymentHash, state: 'claimable', payment: 'in-flight', published: null },
  ])

  const address = await lnd.lightning.onchain!.newAddress('taproot')
  const done = await rescue(folder, '--to', address, '--yes', '--feerate', '5')
  const { claim, published } = done.lost[0]!
  expect(claim).toMatchObject({ transactionId: published, destination: address })
  network.mine()
  const received = await lnd.lightning.onchain!.unspent()
  expect(received.map(({ outpoint }) => outpoint)).toContain(`${published}:0`)
  // No swap of any books: what comes after these will take it for a deposit.
  const transactions = await lnd.lightning.onchain!.transactions(0)
  const claimed = transactions.find(({ transactionId }) => transactionId === published)
  expect(claimed!.label).toBe(`payment-node:rescue:${id}`)
  // The server has learnt the preimage from the chain alone; no command has told it, or the key.
  while (swapOf(server, providerId!).preimage === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { preimage } = swapOf(server, providerId!)
  expect(preimage).toMatch(/^[0-9a-f]{64}$/)
  const said = [kept.stdout, shown.stdout, JSON.stringify(looked), JSON.stringify(done)].join()
  expect(said).not.toContain(preimage)
  expect(said).not.toContain('fffefdfcfbfaf9')
  expect((await rescue(folder)).lost).toMatchObject([{ providerId, state: 'spent', claim: null }])
}, 60_000)

test('nothing is claimed where it would lose money, and each reason is said', async () => {
  using folder = openFolder()
  const path = folder.write(file, swappingShop())
  let held: Swap | undefined
  let shop: SwappingShop | undefined
  await withHost(path, async (node, world) => {
    shop = world as SwappingShop
    shop.server.faults.set('lockup-small')
    held = await untilHeld(node)
  })
  loseBooks(folder)
  const { network, server } = shop!
  expect((await rescue(folder, '--yes')).lost).toMatchObject([
    { state: 'no-lockup', published: null },
  ])
  await untilLocked(shop!, held!.providerId!)
  expect((await rescue(folder, '--yes')).lost).toMatchObject([
    { state: 'too-small', published: null, claim: null },
  ])
  const kept = swapOf(server, held!.providerId!)
  const { metadata } = kept
  delete kept.metadata
  const dropped = await folder.run('rescue', '--without-books', '--patience', '1')
  expect(dropped.stdout.replace(/\s+/g, ' ')).toContain(
    'The operator of the server has dropped the metadata of this swap',
  )
  kept.metadata = metadata!
  server.faults.clear()
  server.faults.set('restore-lies')
  expect((await rescue(folder, '--yes')).lost).toMatchObject([
    { state: 'unreadable', published: null },
  ])
  server.faults.clear()
  network.mine(held!.timeoutHeight! - network.blockHeight - 20)
  expect((await rescue(folder, '--yes')).lost).toMatchObject([
    { state: 'too-late', blocksLeft: 20, published: null, claim: null },
  ])
}, 60_000)

test('while LND says nothing of the payment, nothing is claimed', async () => {
  using folder = openFolder()
  const lines = `
export const silence = { isOn: false }
const never = async function* () { await new Promise(() => undefined) }
const connected = shop.connect()
const lightning = new Proxy(connected, {
  get: (target, name) =>
    name === 'trackPayment' && silence.isOn ? never : Reflect.get(target, name),
})`
  const path = folder.write(file, swappingShop({ lines, options: 'lightning,' }))
  let held: Swap | undefined
  let shop: (SwappingShop & { silence: { isOn: boolean } }) | undefined
  await withHost(path, async (node, world) => {
    shop = world as typeof shop
    held = await untilHeld(node)
  })
  loseBooks(folder)
  await untilLocked(shop!, held!.providerId!)
  shop!.silence.isOn = true
  expect((await rescue(folder, '--yes')).lost).toMatchObject([
    { state: 'no-word', payment: null, claim: null, published: null },
  ])
  shop!.silence.isOn = false
  expect((await rescue(folder)).lost).toMatchObject([{ state: 'claimable' }])
}, 60_000)

test('what LND says of the payment decides: taken is claimed however late, returned is left alone', async () => {
  using folder = openFolder()
  const path = folder.write(file, swappingShop())
  const held: Swap[] = []
  let shop: SwappingShop | undefined
  await withHost(path, async (node, world) => {
    shop = world as SwappingShop
    for (const key of ['a', 'b']) held.push(await untilHeld(node, key))
  })
  loseBooks(folder)
  const { network, payee, shop: lnd } = shop!
  const [taken, returned] = held
  for (const { providerId } of held) await untilLocked(shop!, providerId!)
  payee.cancelHold(returned!.paymentHash)
  const { publicKey, network: chain } = await lnd.lightning.getInfo()
  const swapKey = Uint8Array.from({ length: 32 }, (_, index) => 255 - index)
  const { preimage } = deriveSwapKeys(
    await loadKey('swaps', swapKey),
    { publicKey, network: chain },
    { swapId: taken!.id, claimIndex: 0 },
  )
  payee.settleHold(taken!.paymentHash, Buffer.from(preimage).toString('hex'))
  network.mine(taken!.timeoutHeight! - network.blockHeight - 20)
  const { lost } = await rescue(folder)
  const stateOf = ({ providerId }: Swap) => lost.find((one) => one.providerId === providerId)
  expect(stateOf(taken!)).toMatchObject({
    state: 'claimable',
    payment: 'succeeded',
    blocksLeft: 20,
  })
  expect(stateOf(returned!)).toMatchObject({ state: 'returned', payment: 'failed', claim: null })
}, 60_000)

test('what it cannot work with is refused with the reason', async () => {
  using folder = openFolder()
  folder.write(file, swappingShop())
  const none = await folder.run('rescue', '--without-books', '--patience', '1')
  expect(none.exitCode).toBe(0)
  expect(none.stdout).toMatch(/^swaps\.example knows no swap of this key\n/)
  // An empty answer is not taken for a proof.
  expect(none.stdout.replace(/\s+/g, ' ')).toContain('the operator has lost its books')
  const other = await folder.run('rescue', '--provider', 'x')
  expect(other).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('--provider: swaps.example'),
  })
  expect((await folder.run('rescue', '--feerate', '0')).exitCode).toBe(2)
  expect(await folder.run('rescue', '--to', 'bc1nonsense')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('destination: as an address of'),
  })
}, 60_000)
