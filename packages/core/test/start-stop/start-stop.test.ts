import { type Logger, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'

test('before the start and after the stop every verb says so; status always answers', async () => {
  const shop = openShop()
  const { node, run } = shop
  const verbs: (() => Promise<unknown>)[] = [
    () => node.invoices.create({ partner: 'm1' }),
    () => node.invoices.get('x'),
    () => node.invoices.list(),
    () => node.invoices.cancel('x'),
    () => node.invoices.waitUntilSettled('x'),
    () =>
      node.payouts.request({ partner: 'm1', destination: 'lnbcrt1qq' }, { idempotencyKey: 'k' }),
    () => node.payouts.get('x'),
    () => node.payouts.list(),
    () => node.payouts.resolve('x', 'failed', { by: 'a', note: 'b' }),
    () => node.partners.upsert({ id: 'm1' }),
    () => node.partners.get('m1'),
    () => node.partners.list(),
    () => node.channels.list(),
    () => node.ledger.balances(),
    () => node.events.after('0'),
    () => node.safety.halt('x'),
    () => node.safety.resume('x'),
    () => node.safety.status(),
  ]
  const expectNotStarted = async (): Promise<void> => {
    expect(await node.status()).toMatchObject({ state: 'stopped', node: null, isLeader: false })
    for (const verb of verbs)
      await expect(run(verb()), String(verb)).rejects.toMatchObject({
        code: 'node.unavailable',
        details: { reason: 'not-started', outcome: 'none' },
        isRetryable: true,
      })
  }
  await expectNotStarted()
  await run(node.start())
  expect(await node.status()).toMatchObject({
    state: 'ready',
    node: { publicKey: shop.lnd.publicKey, network: 'regtest', alias: 'shop', warnings: [] },
    isHalted: false,
  })
  await run(node.stop())
  await expectNotStarted()
})

test('started twice is refused; stopped twice is nothing; started again works', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.stop())
  const starting = node.start()
  await expect(node.start()).rejects.toMatchObject({
    code: 'options.invalid',
    details: { field: 'start', reason: 'already-started' },
  })
  await run(starting)
  for (let round = 0; round < 3; round++) {
    await shop.sell(10)
    await run(Promise.all([node.stop(), node.stop()]))
    await run(node.stop())
    await run(node.start())
  }
  await shop.sell(10)
  expect((await run(node.partners.get('m1'))).available.toString()).toBe('40 sat')
})

test('started again while somebody still stops: the new run is not ended by the old stop', async () => {
  const shop = openShop()
  const { run, clock, lnd } = shop
  let closes = 0
  const connection = lnd.connect()
  const close = async (): Promise<void> => {
    // The second stop, were there one, would take longer than the first.
    if (++closes === 2) await clock.sleep(50)
  }
  const { node } = shop.open({ lightning: { ...connection, close } })
  await run(node.start())
  const again = (async () => {
    await node.stop()
    await node.start()
  })()
  const second = node.stop()
  await run(Promise.all([again, second]))
  await clock.advance(15_000)
  expect((await node.status()).state).toBe('ready')
  await shop.sell(10, node)
})

test('stopped while it starts: it is stopped, and can be started again', async () => {
  const delays = [0, 1, 3, 5, 8, 20, 1000]
  const faults = [{}, { outcome: 'none' as const }]
  for (const [delay, fault] of delays.flatMap((at) => faults.map((one) => [at, one] as const))) {
    const shop = openShop()
    const { node, run, clock, lnd } = shop
    lnd.faults.once('getInfo', 'before-effect', { delayMilliseconds: 500, ...fault })
    const starting = Promise.allSettled([node.start()])
    await clock.advance(delay)
    await run(node.stop())
    const [started] = await run(starting)
    if (started.status === 'rejected') {
      expect(PaymentNodeError.is(started.reason), `${delay}: ${started.reason}`).toBe(true)
    }
    await clock.advance(10_000)
    expect((await node.status()).state, `after ${delay} ms`).toBe('stopped')
    await run(node.start())
    await shop.sell(10)
    await run(node.stop())
  }
})

test('stopping is quick while payments are held, invoices are open and LND hangs', async () => {
  const shop = openShop()
  const { node, run, clock, lnd, payee } = shop
  await run(node.start())
  await shop.sell(100_000)
  const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n })
  await shop.request({ destination: hold.paymentRequest })
  await clock.advance(1000)
  lnd.faults.add(() => ({ delayMilliseconds: 3_600_000 }))
  await clock.advance(20_000)
  const before = clock.monotonic()
  await run(node.stop())
  // Ten seconds is what the options allow a step to end.
  expect(clock.monotonic() - before).toBeLessThanOrEqual(10_000)
  expect((await node.status()).state).toBe('stopped')
})

test('after the stop nothing happens any more', async () => {
  const shop = openShop()
  const { node, run, clock, lnd } = shop
  await run(node.start())
  await shop.sell(100_000)
  await run(node.stop())
  const calls: string[] = []
  lnd.faults.add(({ call }) => {
    calls.push(call)
    return undefined
  })
  await clock.advance(3_600_000)
  expect(calls).toEqual([])
  // Nobody sleeps: time can run out.
  await clock.runUntilIdle()
})

test('a second process on exclusive books is refused while the first lives, and not after it was killed', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  const second = shop.open().node
  await expect(run(second.start())).rejects.toMatchObject({
    code: 'storage.in-use',
    isRetryable: true,
  })
  expect((await second.status()).state).toBe('stopped')
  await shop.sell(10)
  shop.process.kill()
  await run(second.start())
  expect((await second.status()).state).toBe('ready')
})

test('of several processes one leads; when it stops another does at once, when it dies after its lease', async () => {
  const shop = openShop({ isExclusive: false })
  const processes = [shop.process, shop.open(), shop.open()]
  for (const { node } of processes) await shop.run(node.start())
  const leaders = async (): Promise<number[]> => {
    const found: number[] = []
    for (const [at, { node }] of processes.entries())
      if ((await node.status()).isLeader) found.push(at)
    return found
  }
  await shop.clock.advance(1000)
  expect(await leaders()).toEqual([0])
  await shop.run(processes[0]!.node.stop())
  await shop.clock.advance(4500)
  const [next, ...more] = await leaders()
  expect(more).toEqual([])
  processes[next!]!.kill()
  await shop.clock.advance(22_000)
  const last = [1, 2].find((at) => at !== next)!
  expect((await processes[last]!.node.status()).isLeader).toBe(true)
})

test('a storage that fails while LND is first seen does not leave the node without workers', async () => {
  const shop = openShop()
  const { run, clock, lnd } = shop
  const { node, storage } = shop.open()
  lnd.stop()
  await run(node.start())
  expect((await node.status()).state).toBe('degraded')
  // One failed read in the moment in which the work would begin.
  const lastEvent = storage.lastEvent.bind(storage)
  storage.lastEvent = () => {
    storage.lastEvent = lastEvent
    return Promise.reject(new PaymentNodeError('storage.unavailable', 'Busy.', { outcome: 'none' }))
  }
  lnd.start()
  await clock.advance(10_000)
  expect((await node.status()).state).toBe('ready')
  await shop.sell(10, node)
  expect((await node.status()).isLeader).toBe(true)
})

test('no secret is written to the log, the events, the errors or the rows', async () => {
  const lines: string[] = []
  const write = (message: string, fields: unknown): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`)
  const logger: Logger = { debug: write, info: write, warn: write, error: write }
  const shop = openShop({ options: { logger } })
  const { node, run, lnd } = shop
  await run(node.start())
  await shop.sell(100_000)
  const open = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
  const hold = shop.payee.createHoldInvoice({ amountMsat: 20_000_000n })
  await shop.request({ destination: hold.paymentRequest })
  await shop.clock.advance(2000)
  lnd.restart()
  await shop.clock.advance(20_000)
  shop.payee.settleHold(hold.paymentHash)
  await shop.clock.advance(5000)
  const everything = await shop.everything()
  const { invoiceKey } = await import('../shop.ts')
  const { invoicePreimage, loadKey } = await import('../../src/keys.ts')
  const key = await loadKey('invoices', invoiceKey)
  const identity = { publicKey: lnd.publicKey, network: 'regtest' } as const
  const secrets = [invoiceKey, invoicePreimage(key, identity, open.id)].map((secret) =>
    Buffer.from(secret),
  )
  const { 'payments of LND': _, 'invoices of LND': __, ...ours } = everything
  const written = [...lines, ...Object.values(ours)].join('\n')
  for (const secret of secrets)
    for (const text of [secret.toString('hex'), secret.toString('base64'), secret.join(',')])
      expect(written.includes(text)).toBe(false)
  // The proof of a payout belongs to the host: in its row and its event, and nowhere else.
  expect(lines.join('\n').includes(hold.preimage)).toBe(false)
  expect(everything.attempts!.includes(hold.preimage)).toBe(false)
})
