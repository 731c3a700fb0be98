import {
  type AutomaticRun,
  type Change,
  type PaymentNodeOptions,
  peerList,
  sat,
} from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop, type ShopProcess } from '../shop.ts'

const minute = 60_000

interface Stand {
  readonly shop: Shop
  readonly address: string
  readonly process: ShopProcess
  open(options?: Partial<PaymentNodeOptions>, hooks?: Parameters<Shop['open']>[1]): ShopProcess
}

/** A wallet with coins, of which nothing is owed to anybody, and `m1`, which nobody pays by itself. */
async function openStand(
  coins: readonly bigint[] = [3_000_000n],
  payouts: PaymentNodeOptions['payouts'] = {},
  options: Partial<PaymentNodeOptions> = {},
  isExclusive = true,
): Promise<Stand> {
  const shop = openShop({ isExclusive, options })
  const { run, lnd, network, payee } = shop
  for (const coin of coins) lnd.fund(coin)
  network.setFeerate(5)
  const address = await run(payee.lightning.onchain!.newAddress('taproot'))
  const open: Stand['open'] = (more = {}, hooks) =>
    shop.open({ payouts: { operatorAddress: address, ...payouts, ...more.payouts } }, hooks)
  const process = open()
  await run(process.node.start())
  await run(process.node.partners.upsert({ id: 'm1' }))
  await shop.clock.advance(5000)
  return { shop, address, process, open }
}

const look = ({ shop, process }: Stand, by = process): Promise<AutomaticRun> =>
  shop.run(by.node.payouts.runAutomatic())

async function mine({ shop }: Stand, blocks: number): Promise<void> {
  for (let count = 0; count < blocks; count++) {
    shop.network.mine()
    await shop.clock.advance(15_000)
  }
}

test('without an address nothing of the operator leaves by itself', async () => {
  const stand = await openStand([9_000_000n], { operatorAddress: null })
  expect(await look(stand)).toEqual({ requested: [], waiting: [] })
})

test('what is free goes to the operator s own address, payout by payout, down to what is kept, and is booked as the operator s', async () => {
  const stand = await openStand()
  const { shop, address, process } = stand
  const { run, clock } = shop
  await shop.sell(200_000, process.node)
  const before = await run(process.node.ledger.balances())
  let count = 0
  for (; ; count++) {
    const { requested, waiting } = await look(stand)
    expect(waiting).toEqual([])
    if (requested.length === 0) break
    expect(requested).toMatchObject([
      { partner: '@operator', purpose: 'automatic', destination: address, state: 'queued' },
    ])
    expect((await look(stand)).waiting).toMatchObject([{ reason: 'under-way' }])
    await clock.advance(11 * minute)
    await mine(stand, 8)
    expect(await run(process.node.payouts.get(requested[0]!.id))).toMatchObject({
      state: 'succeeded',
      idempotencyKey: expect.stringMatching(/^automatic\/.+\/\d+$/),
    })
  }
  expect(count).toBeGreaterThanOrEqual(3)
  const got = shop.network.outputsTo(address).reduce((sum, { amountSat }) => sum + amountSat, 0n)
  const after = await run(process.node.ledger.balances())
  const fees = after.world.onchainFees.msat - before.world.onchainFees.msat
  expect(after.sum).toEqual(sat(0))
  expect(after.operator.msat).toBe(before.operator.msat - got * 1000n - fees)
  expect(after.partners).toEqual([
    expect.objectContaining({ partner: '@operator', available: sat(0), reserved: sat(0) }),
    expect.objectContaining({ partner: 'm1', available: sat(200_000) }),
  ])
  // Less than the minimum is left above what must stay.
  const coins = (await run(shop.lnd.lightning.onchain!.unspent())).reduce(
    (sum, { amountSat }) => sum + amountSat,
    0n,
  )
  expect(coins).toBeGreaterThan(10_000n)
  expect(coins).toBeLessThan(300_000n)
  expect((await run(process.node.ledger.prove())).verdict).toBe('proved')
}, 60_000)

test('it is never what partners are owed or wait for, what is kept, or what channels need', async () => {
  const wrong: string[] = []
  const never = async (name: string, stand: Stand): Promise<void> => {
    const { requested } = await look(stand)
    const { partners } = await stand.shop.run(stand.process.node.ledger.balances())
    const own = partners.find(({ partner }) => partner === '@operator')
    if (requested.length > 0 || (own && own.available.msat > 0n)) wrong.push(name)
  }
  await never('the reserve', await openStand([3_000_000n], { operatorReserve: '20000000 sat' }))
  await never(
    'the floor of the wallet',
    await openStand([3_000_000n], {}, { channels: { onchainFloor: '2800000 sat' } }),
  )
  await never('less than the minimum', await openStand([270_000n, 1n]))

  const queued = await openStand([1_000_000n])
  await queued.shop.sell(900_000, queued.process.node)
  await queued.shop.run(
    queued.process.node.payouts.request(
      { partner: 'm1', destination: queued.address, amount: '800000 sat', ceiling: 1 },
      { idempotencyKey: 'waits' },
    ),
  )
  await never('a queued payout', queued)

  const owed = await openStand([1_000_000n])
  await owed.shop.sell(2_000_000, owed.process.node)
  for (const peer of [owed.shop.payer, owed.shop.payee]) peer.stop()
  await owed.shop.clock.advance(2 * minute)
  await never('what is owed, while channels cannot send it', owed)

  const first = await openStand()
  await first.shop.sell(50_000, first.process.node)
  await first.shop.run(
    first.process.node.partners.upsert({ id: 'm1', payout: { automatic: true } }),
  )
  await never('a partner that waits', first)

  const peer = { publicKey: '02'.padEnd(66, 'a'), address: '127.0.0.1:9735' }
  const owing = await openStand()
  const { run } = owing.shop
  const { node } = owing.process
  const sold = await owing.shop.sell(100_000, node)
  const bill = () => ({
    destination: owing.shop.bill(100_000).paymentRequest,
    feeLimit: '0 sat',
  })
  await owing.shop.ended((await owing.shop.request(bill(), 'out', node)).id, node)
  const back = { ...bill(), invoice: sold.id, allowDebt: true }
  const refund = await run(node.payouts.refund(back, { idempotencyKey: 'back' }))
  await owing.shop.ended(refund.id, node)
  const reserve = (await run(node.ledger.balances())).operator.msat / 1000n - 300_000n
  await run(node.stop())
  const process = owing.open({ payouts: { operatorReserve: `${reserve} sat` } })
  await run(process.node.start())
  await owing.shop.clock.advance(5000)
  await never('what a partner owes', { ...owing, process })

  const keeping = await openStand(
    [3_000_000n],
    {},
    {
      channelSources: [peerList([peer])],
      channels: { minimumActive: 9, capacity: '1000000 sat' },
    },
  )
  await never('missing channels', keeping)
  expect(wrong).toEqual([])
}, 60_000)

test('what was set aside and is not needed any more goes back to the operator', async () => {
  const stand = await openStand()
  const { shop, process } = stand
  const { run } = shop
  const [payout] = (await look(stand)).requested
  await run(process.node.payouts.cancel(payout!.id))
  const own = async () =>
    (await run(process.node.ledger.balances())).partners.find(
      ({ partner }) => partner === '@operator',
    )!.available
  expect((await own()).msat).toBeGreaterThan(0n)
  // The coins are needed elsewhere.
  await shop.clock.advance(20 * minute)
  await shop.sell(2_900_000, process.node)
  for (const peer of [shop.payer, shop.payee]) peer.stop()
  await shop.clock.advance(2 * minute)
  expect((await look(stand)).requested).toEqual([])
  expect(await own()).toEqual(sat(0))
})

test('a partner of the host with that id is never paid for the operator', async () => {
  const stand = await openStand()
  await stand.shop.run(stand.process.node.partners.upsert({ id: '@operator' }))
  expect(await look(stand)).toMatchObject({ requested: [], waiting: [{ reason: 'name-taken' }] })
})

test('O9: two processes that look at the same moment pay once, and set nothing aside twice', async () => {
  const stand = await openStand([3_000_000n], {}, {}, false)
  const { shop, process, open } = stand
  const second = open()
  await shop.run(second.node.start())
  await shop.clock.advance(5000)
  const both = [process, second, process, second].map((by) => by.node.payouts.runAutomatic())
  const runs = await shop.run(Promise.all(both))
  expect(new Set(runs.flatMap(({ requested }) => requested.map(({ id }) => id))).size).toBe(1)
  const { partners } = await shop.run(process.node.ledger.balances())
  const own = partners.find(({ partner }) => partner === '@operator')!
  expect(own.available.msat + own.reserved.msat).toBe(1_000_000_000n)
})

test('O9: a process that was slow sets nothing aside beside what another one has paid', async () => {
  const stand = await openStand([3_000_000n], {}, {}, false)
  const { shop, process, open } = stand
  const { run, clock } = shop
  await run(process.node.partners.upsert({ id: 'm1' }))
  const slow = open(
    {},
    {
      async beforeCommit({ writes }: Change) {
        const isMove = writes.some(
          (write) =>
            write.op === 'insert' &&
            write.table.name === 'ledger_transactions' &&
            write.row.kind === 'correction',
        )
        if (isMove) await clock.sleep(20_000)
      },
    },
  )
  await run(slow.node.start())
  await clock.advance(5000)
  const late = slow.node.payouts.runAutomatic()
  await clock.advance(1000)
  expect((await look(stand)).requested).toHaveLength(1)
  await clock.advance(30_000)
  expect((await run(late)).waiting).toMatchObject([{ reason: 'under-way' }])
  const { partners } = await run(process.node.ledger.balances())
  expect(partners.find(({ partner }) => partner === '@operator')).toMatchObject({
    available: sat(0),
    reserved: sat(1_000_000),
  })
})

test('a process that dies before or after any write pays once all the same', async () => {
  for (let dies = 1, hasDied = true; hasDied; dies++) {
    hasDied = false
    const stand = await openStand()
    const { shop, process, open, address } = stand
    const { run, clock } = shop
    await run(process.node.stop())
    let reached = -1
    const reach = (_change: Change): void => {
      if (reached < 0 || ++reached !== dies) return
      hasDied = true
      second.kill()
    }
    const second = open({}, { beforeCommit: reach, afterCommit: reach })
    await run(second.node.start())
    await clock.advance(5000)
    reached = 0
    const looked = second.node.payouts.runAutomatic().catch(() => undefined)
    await clock.advance(5000)
    void looked
    if (!hasDied) reached = -1
    if (!hasDied) await run(second.node.stop())
    const third = open()
    await clock.advance(minute)
    await run(third.node.start())
    await clock.advance(5000)
    await run(third.node.payouts.runAutomatic())
    await clock.advance(11 * minute)
    await mine(stand, 8)
    const { items } = await run(third.node.payouts.list({ partner: '@operator' }))
    expect(
      items.map(({ state }) => state),
      `${dies}`,
    ).toEqual(['succeeded'])
    expect(shop.network.outputsTo(address), `${dies}`).toHaveLength(1)
    const { partners, sum } = await run(third.node.ledger.balances())
    expect(sum, `${dies}`).toEqual(sat(0))
    const own = partners.find(({ partner }) => partner === '@operator')!
    expect(own.reserved, `${dies}`).toEqual(sat(0))
    if (!hasDied) expect(dies).toBeGreaterThan(6)
  }
}, 60_000)

test('what goes to the operator leaves partners their whole day, and has a cap of its own', async () => {
  const stand = await openStand(
    Array<bigint>(14).fill(1_000_000n),
    {},
    {
      caps: { perDay: '2999000 sat', operatorPerDay: '2500000 sat' },
    },
  )
  const { shop, process } = stand
  await shop.sell(3_000_000, process.node)
  const waiting: string[] = []
  let paid = 0
  for (let i = 0; i < 5 && waiting.length === 0; i++) {
    const looked = await look(stand)
    waiting.push(...looked.waiting.map(({ reason, says }) => `${reason}: ${says}`))
    paid += looked.requested.length
    await shop.clock.advance(11 * minute)
    await mine(stand, 8)
  }
  expect(paid).toBe(2)
  expect(waiting).toEqual([
    expect.stringMatching(/^payout.above-cap: .* above what is left .* operator-per-day/),
  ])
  const bill = (amount: number) => ({
    destination: shop.bill(amount).paymentRequest,
    feeLimit: '0 sat',
  })
  const request = (amount: number, key: string) => shop.request(bill(amount), key, process.node)
  for (const key of ['1', '2', '3'])
    expect((await request(1_000_000 - 1000, key)).state).toBe('reserved')
  await expect(request(3000, '4')).rejects.toMatchObject({
    code: 'payout.above-cap',
    details: { cap: 'per-day' },
    message: expect.stringContaining('above what is left today of the cap per-day'),
  })
}, 60_000)

test('an address that cannot be paid is refused at the start, and a minimum that no payout can reach before', async () => {
  for (const operatorAddress of [
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
    'bcrt1qmistyped',
    'shop@example.com',
  ]) {
    const shop = openShop()
    const { node } = shop.open({ payouts: { operatorAddress } })
    await expect(shop.run(node.start()), operatorAddress).rejects.toMatchObject({
      code: 'options.invalid',
      details: { field: 'payouts.operatorAddress' },
    })
  }
  const { shop, open } = await openStand()
  expect(() => open({ payouts: { operatorMinimum: '2000000 sat' } })).toThrow(
    'payouts.operatorMinimum: must not be above caps.perPayout',
  )
  expect(() => shop.open({ payouts: { operatorMinimum: '2000000 sat' } })).not.toThrow()
})
