import {
  type LightningNode,
  type NodeInfo,
  type RescueOptions,
  rescueSwaps,
  type Swap,
  sat,
} from '@payment-node/core'
import { expect, test } from 'vitest'
import { loadKey } from '../../../core/src/keys.ts'
import { deriveSwapKeys } from '../../../core/src/swaps/kit/derive-swap-keys.ts'
import { openFolder, type ShopFolder, withHost } from '../shop-folder.ts'
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
const swapKey = Uint8Array.from({ length: 32 }, (_, index) => 255 - index)

interface Stand {
  readonly shop: SwappingShop
  readonly held: Swap
}

/** A swap whose payment is held, and whose lockup has one confirmation. */
async function lockedUp(folder: ShopFolder, options = ''): Promise<Stand> {
  const path = folder.write(file, swappingShop({ options }))
  let stand: Stand | undefined
  await withHost(path, async (node, world) => {
    stand = { shop: world as SwappingShop, held: await untilHeld(node) }
  })
  await untilLocked(stand!.shop, stand!.held.providerId!)
  return stand!
}

/** The same LND, but for what is given. */
function withOther(lightning: LightningNode, other: Partial<LightningNode>): LightningNode {
  return new Proxy(lightning, {
    get: (target, name) => {
      const own = Reflect.get(name in other ? other : target, name)
      return typeof own === 'function' ? own.bind(target) : own
    },
  })
}

/** The provider takes its payment, and LND knows it. */
async function take({ shop, held }: Stand): Promise<void> {
  const { publicKey, network } = await shop.shop.lightning.getInfo()
  const key = await loadKey('swaps', swapKey)
  const place = { swapId: held.id, claimIndex: 0 }
  const { preimage } = deriveSwapKeys(key, { publicKey, network }, place)
  shop.payee.settleHold(held.paymentHash, Buffer.from(preimage).toString('hex'))
  for await (const { state } of shop.shop.lightning.trackPayment(
    held.paymentHash,
    new AbortController().signal,
  )) {
    if (state === 'succeeded') return
  }
}

const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'resolved',
    ({ code, details }) => [code, details.reason ?? details.state],
  )

test('nothing is revealed on an old height of LND, and the height is read again before', async () => {
  using folder = openFolder()
  const stand = await lockedUp(folder)
  const { shop, held } = stand
  const real = shop.shop.lightning
  const honest = await real.getInfo()
  let info: NodeInfo = { ...honest, isSyncedToChain: false }
  const lightning = withOther(real, { getInfo: async () => info })
  const options = { lightning, swapKey, provider: shop.provider, patience: 1000 }
  expect(await reasonOf(rescueSwaps(options))).toEqual(['node.unavailable', 'not-synced'])
  info = honest
  const found = await rescueSwaps(options)
  const [swap] = found.swaps
  expect(swap).toMatchObject({ state: 'claimable', payment: 'in-flight' })
  info = { ...honest, isSyncedToChain: false }
  expect(await reasonOf(found.publish(swap!))).toEqual(['node.unavailable', 'not-synced'])
  info = { ...honest, blockHeight: held.timeoutHeight! - 35 }
  expect(await reasonOf(found.publish(swap!))).toEqual(['swap.not-live', 'too-late'])
  shop.network.mine()
  expect(swapOf(shop.server, held.providerId!).preimage).toBe(undefined)
  // The provider has the preimage now: nothing is gained by waiting.
  await take(stand)
  expect(await found.publish(swap!)).toBe(swap!.claim!.transactionId)
}, 60_000)

test('while the payment may come back a dear claim is made only when its fee is named', async () => {
  using folder = openFolder()
  const stand = await lockedUp(folder)
  loseBooks(folder)
  const dear = await rescue(folder, '--feerate', '2000', '--yes')
  expect(dear.lost).toMatchObject([{ state: 'not-worth-it', published: null, claim: null }])
  const [, fee] = /--maximum-fee (\d+)\./.exec(dear.lost[0]!.says)!
  expect(Number(fee)).toBeGreaterThan(90_000)
  const less = String(Number(fee) - 1)
  const refused = await rescue(folder, '--feerate', '2000', '--maximum-fee', less, '--yes')
  expect(refused.lost).toMatchObject([{ state: 'not-worth-it', published: null }])
  const named = await rescue(folder, '--feerate', '2000', '--maximum-fee', fee!)
  expect(named.lost).toMatchObject([{ state: 'claimable', claim: { fee: `${fee} sat` } }])
  const cheap = await rescue(folder, '--feerate', '20')
  expect(cheap.lost).toMatchObject([{ state: 'claimable' }])
  const options = { swapKey, provider: stand.shop.provider, feerate: 20, maximumFee: sat(100) }
  const { lightning } = stand.shop.shop
  const limited = await rescueSwaps({ lightning, patience: 1000, ...options })
  expect(limited.swaps).toMatchObject([{ state: 'not-worth-it' }])
  await take(stand)
  const taken = await rescue(folder, '--feerate', '2000')
  expect(taken.lost).toMatchObject([{ state: 'claimable', payment: 'succeeded' }])
}, 60_000)

test('the confirmations of the configuration are kept to', async () => {
  using folder = openFolder()
  const { shop } = await lockedUp(folder, 'swapping: { confirmations: 3 },')
  loseBooks(folder)
  expect((await rescue(folder, '--yes')).lost).toMatchObject([
    { state: 'too-few-confirmations', published: null, claim: null },
  ])
  shop.network.mine(2)
  expect((await rescue(folder)).lost).toMatchObject([{ state: 'claimable' }])
}, 60_000)

test('what the books have under way is claimed to their address, so that the host books it as its own', async () => {
  using folder = openFolder()
  const { shop, held } = await lockedUp(folder)
  const elsewhere = await shop.shop.lightning.onchain!.newAddress('taproot')
  // At another price than the host's: its own claim would be another transaction.
  const { lost, booksUnread } = await rescue(folder, '--to', elsewhere, '--feerate', '7', '--yes')
  expect(booksUnread).toBe(null)
  expect(lost).toMatchObject([
    {
      state: 'claimable',
      claim: { destination: held.destination, transactionId: lost[0]!.published },
    },
  ])
  shop.network.mine()
  const transactions = await shop.shop.lightning.onchain!.transactions(0)
  const own = transactions.find(({ transactionId }) => transactionId === lost[0]!.published)
  expect(own!.label).toBe(`payment-node:swap:${held.id}`)
  const bad: string[] = []
  await withHost(`${folder.path}/${file}`, async (node) => {
    for (const name of ['swap.lost', 'swap.provider-disabled'] as const) {
      node.on(name, () => void bad.push(name))
    }
    const claimed = new Promise((resolve) => node.on('swap.claimed', resolve))
    const until = async (): Promise<void> => {
      while ((await node.swaps.get(held.id)).endedAt === null) {
        shop.network.mine()
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
    await Promise.all([claimed, until()])
    expect(await node.swaps.get(held.id)).toMatchObject({ state: 'claimed' })
    const { claims } = await node.swaps.explain(held.id)
    expect(claims.map(({ transactionId }) => transactionId)).not.toContain(lost[0]!.published)
    expect(await node.ledger.prove()).toMatchObject({ verdict: 'proved' })
  })
  expect(bad).toEqual([])
}, 60_000)

test('many are looked at a few at a time, the latest timeout first, and those that cannot be read last', async () => {
  using folder = openFolder()
  const { shop, held } = await lockedUp(folder)
  const real = shop.shop.lightning
  let open = 0
  let most = 0
  const asked: string[] = []
  const lightning = withOther(real, {
    async *trackPayment(hash, signal) {
      most = Math.max(most, ++open)
      asked.push(hash)
      try {
        for await (const update of real.trackPayment(hash, signal)) yield update
      } finally {
        open--
      }
    },
  })
  const { provider } = shop
  const several: RescueOptions['provider'] = {
    ...provider,
    async restore(extendedPublicKey) {
      const [terms] = await provider.restore!(extendedPublicKey)
      if (!terms || 'unreadable' in terms) throw new Error('the swap is missing')
      const { metadata: _, ...dropped } = terms
      return [
        { providerId: 'damaged', unreadable: 'claimDetails is no object' },
        { ...dropped, providerId: 'early', timeoutHeight: 5 },
        ...Array.from({ length: 9 }, () => terms),
        { ...dropped, providerId: 'late', timeoutHeight: terms.timeoutHeight + 1 },
      ]
    },
  }
  const { swaps } = await rescueSwaps({ lightning, swapKey, provider: several, patience: 1500 })
  expect(swaps.map(({ providerId, state }) => `${providerId} ${state}`)).toEqual([
    'late unreadable',
    ...Array.from({ length: 9 }, () => `${held.providerId} claimable`),
    'early unreadable',
    'damaged unreadable',
  ])
  expect(swaps.at(-1)).toMatchObject({
    timeoutHeight: null,
    blocksLeft: null,
    says: expect.stringContaining('claimDetails is no object'),
  })
  expect(asked).toHaveLength(9)
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(4)

  // LND's word is enough for what came back: the chain is not searched for it.
  shop.payee.cancelHold(held.paymentHash)
  const blind = withOther(real, {
    chain: {
      watchConfirmation: () => {
        throw new Error('the chain was searched')
      },
      watchSpend: () => {
        throw new Error('the chain was searched')
      },
    },
  })
  const back = await rescueSwaps({ lightning: blind, swapKey, provider, patience: 1000 })
  expect(back.swaps).toMatchObject([{ state: 'returned', payment: 'failed' }])
}, 60_000)

test('damaged books keep nothing from being rescued; those of a running host do, where they cannot be read beside it', async () => {
  using folder = openFolder()
  const path = folder.write(
    file,
    swappingShop({
      lines: `
const books = sqlite({ file: 'payments.db' })
const storage = new Proxy(books, {
  get: (target, name) => (name === 'openToRead' ? undefined : Reflect.get(target, name)),
})`,
      options: 'storage,',
    }),
  )
  let held: Swap | undefined
  let shop: SwappingShop | undefined
  await withHost(path, async (node, world) => {
    shop = world as SwappingShop
    held = await untilHeld(node)
    const refused = await folder.run('rescue', '--provider', 'swaps.example', '--yes')
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Stop the host before'),
    })
  })
  await untilLocked(shop!, held!.providerId!)
  loseBooks(folder)
  folder.write('payments.db', 'no database at all')
  const { booksUnread, lost } = await rescue(folder)
  expect(booksUnread).toMatch(/./)
  expect(lost).toMatchObject([{ state: 'claimable' }])
}, 60_000)
