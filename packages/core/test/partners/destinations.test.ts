import type { AnyEvent, PaymentNode } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

/** Milliseconds. */
const coolDown = 60_000
const quick = { options: { partners: { destinationCoolDown: '1m' } } }
const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'
const other = 'bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry'

async function changesOf(shop: Shop, node: PaymentNode = shop.node) {
  const events = await shop.run(node.events.after('0', { limit: 1000 }))
  return events
    .filter((event): event is AnyEvent & { type: 'partner.destination-changed' } =>
      event.type.startsWith('partner.'),
    )
    .map(({ data: { change } }) => [change.kind, change.from, change.to])
}

test('the first destinations are in effect at once, a changed one after the cool-down, with an event', async () => {
  const shop = openShop(quick)
  const { node, run, clock } = shop
  await run(node.start())
  const first = { offchain: 'ann@shop.example', onchain: address }
  const created = await run(node.partners.upsert({ id: 'm1', payout: first }))
  expect(created.payout).toMatchObject({ ...first, next: [] })
  const askedAt = clock.now()
  const changed = await run(
    node.partners.upsert({ id: 'm1', payout: { offchain: 'eve@evil.example' } }),
  )
  const next = {
    kind: 'offchain',
    destination: 'eve@evil.example',
    requestedAt: askedAt,
    effectiveAt: askedAt + coolDown,
  }
  expect(changed.payout).toMatchObject({ ...first, next: [next] })
  // A host that says the same at every start must not begin the cool-down again.
  await clock.advance(coolDown - 1000)
  await run(node.partners.upsert({ id: 'm1', payout: { offchain: 'eve@evil.example' } }))
  expect((await run(node.partners.get('m1'))).payout).toMatchObject({ ...first, next: [next] })
  await clock.advance(1000)
  expect((await run(node.partners.get('m1'))).payout).toMatchObject({
    offchain: 'eve@evil.example',
    onchain: address,
    next: [],
  })
  expect(await changesOf(shop)).toEqual([
    ['offchain', null, 'ann@shop.example'],
    ['onchain', null, address],
    ['offchain', 'ann@shop.example', 'eve@evil.example'],
  ])
})

test('a second kind of destination is a change as well, also from none', async () => {
  const { node, run } = openShop()
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1', payout: { offchain: 'ann@shop.example' } }))
  const { payout } = await run(node.partners.upsert({ id: 'm1', payout: { onchain: address } }))
  expect(payout).toMatchObject({ onchain: null, next: [{ kind: 'onchain', destination: address }] })
  const [{ requestedAt, effectiveAt } = { requestedAt: 0, effectiveAt: 0 }] = payout.next
  expect(effectiveAt - requestedAt, 'the default').toBe(86_400_000)
  const late = await run(node.partners.upsert({ id: 'm2' }))
  expect(late.payout.offchain).toBeNull()
  const set = await run(node.partners.upsert({ id: 'm2', payout: { onchain: address } }))
  expect(set.payout).toMatchObject({ onchain: address, next: [] })
})

test('setting back the one in force cancels the change; a newer change takes the place of the waiting one', async () => {
  const shop = openShop(quick)
  const { node, run, clock } = shop
  await run(node.start())
  const set = (onchain: string | null) =>
    run(node.partners.upsert({ id: 'm1', payout: { onchain } }))
  await set(address)
  await set(other)
  await clock.advance(1000)
  expect((await set(address)).payout).toMatchObject({ onchain: address, next: [] })
  await clock.advance(2 * coolDown)
  expect((await run(node.partners.get('m1'))).payout.onchain).toBe(address)
  await set(other)
  await clock.advance(1000)
  const third = 'bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6'
  const later = await set(third)
  expect(later.payout.next).toHaveLength(1)
  await clock.advance(2 * coolDown)
  expect((await run(node.partners.get('m1'))).payout).toMatchObject({ onchain: third, next: [] })
  // Taking it away diverts nothing, and need not wait; what comes back is a change again.
  expect((await set(null)).payout).toMatchObject({ onchain: null, next: [] })
  expect((await set(third)).payout).toMatchObject({ onchain: null, next: [{ destination: third }] })
  const history = await run(node.partners.destinations('m1'))
  expect(history.map(({ destination, replacedAt }) => [destination, replacedAt !== null])).toEqual([
    [third, false],
    [null, false],
    [third, false],
    [other, true],
    [other, true],
    [address, false],
  ])
  expect(await changesOf(shop)).toEqual([
    ['onchain', null, address],
    ['onchain', address, other],
    ['onchain', address, address],
    ['onchain', address, other],
    ['onchain', address, third],
    ['onchain', third, null],
    ['onchain', null, third],
  ])
})

test('many changes at once, from two processes: one waits, and the history is whole', async () => {
  const shop = openShop({
    isExclusive: false,
    options: { partners: { destinationCoolDown: '1h' } },
  })
  const second = shop.open({ role: 'api' }).node
  await shop.run(shop.node.start())
  await shop.run(second.start())
  const names = Array.from({ length: 12 }, (_, at) => `ann${at}@shop.example`)
  await shop.run(
    Promise.all(
      names.map((offchain, at) =>
        (at % 2 === 0 ? shop.node : second).partners.upsert({ id: 'm1', payout: { offchain } }),
      ),
    ),
  )
  const { payout } = await shop.run(second.partners.get('m1'))
  expect(names).toContain(payout.offchain)
  expect(payout.next).toHaveLength(1)
  const history = await shop.run(shop.node.partners.destinations('m1'))
  expect(history).toHaveLength(12)
  expect(history.filter(({ replacedAt }) => replacedAt === null)).toHaveLength(2)
  expect(await changesOf(shop)).toHaveLength(12)
  await shop.clock.advance(3_600_000)
  const after = await shop.run(second.partners.get('m1'))
  expect(after.payout.offchain).toBe(payout.next[0]!.destination)
})

test('without a cool-down a change is in effect at once', async () => {
  const { node, run } = openShop({ options: { partners: { destinationCoolDown: 0 } } })
  await run(node.start())
  for (const offchain of ['ann@shop.example', 'bob@shop.example']) {
    const { payout } = await run(node.partners.upsert({ id: 'm1', payout: { offchain } }))
    expect(payout).toMatchObject({ offchain, next: [] })
  }
})
