import { expect, test } from 'vitest'
import { createSimulatedNetwork } from '../../src/index.ts'

function pair() {
  const network = createSimulatedNetwork({ seed: 1 })
  const { clock } = network
  const alice = network.addNode('alice')
  const bob = network.addNode('bob')
  network.establishChannel({ from: alice, to: bob, capacitySat: 1_000_000n })
  const pay = (paymentRequest: string) => {
    const payment = { paymentRequest, feeLimitMsat: 0n, timeoutSeconds: 60 }
    return (async () => {
      const states: string[] = []
      for await (const { state } of alice.lightning.pay(payment)) states.push(state)
      return states
    })()
  }
  return { network, clock, alice, bob, pay }
}

const terms = {
  preimage: new Uint8Array(32).fill(7),
  amountMsat: 1000n,
  expirySeconds: 60,
  isPrivate: false,
}

test('a fault before the effect leaves nothing; a fault after it leaves the invoice', async () => {
  const left: boolean[] = []
  for (const moment of ['before-effect', 'after-effect', 'before-reply'] as const) {
    const { clock, bob } = pair()
    bob.faults.once('createInvoice', moment, { outcome: 'unknown' })
    await expect(clock.run(bob.lightning.createInvoice(terms))).rejects.toMatchObject({
      code: 'node.unavailable',
      details: { outcome: 'unknown', reason: 'unreachable' },
    })
    const again = clock.run(bob.lightning.createInvoice(terms))
    left.push(
      await again.then(
        () => false,
        (error: unknown) => (error as { code: string }).code === 'node.invoice-exists',
      ),
    )
  }
  expect(left).toEqual([false, true, true])
})

test('a payment whose reply is lost goes on, and tracking finds it', async () => {
  const { clock, alice, bob, pay } = pair()
  const { paymentRequest, paymentHash } = bob.createInvoice({ amountMsat: 1_000_000n })
  alice.faults.once('pay', 'after-effect', { outcome: 'unknown', reason: 'deadline' })
  await expect(clock.run(pay(paymentRequest))).rejects.toMatchObject({
    details: { outcome: 'unknown', reason: 'deadline' },
  })
  const states: string[] = []
  await clock.run(async () => {
    for await (const { state } of alice.lightning.trackPayment(paymentHash)) states.push(state)
  })
  expect(states.at(-1)).toBe('succeeded')
})

test('a hook sees calls, parameters and replies, and can cut exactly the last word', async () => {
  const { clock, alice, bob, pay } = pair()
  const { paymentRequest, paymentHash } = bob.createInvoice({ amountMsat: 1_000_000n })
  const remove = alice.faults.add(({ call, moment, reply }) => {
    const isLastWord = (reply as { state?: string } | undefined)?.state === 'succeeded'
    return call === 'pay' && moment === 'before-reply' && isLastWord
      ? { outcome: 'unknown' }
      : undefined
  })
  await expect(clock.run(pay(paymentRequest))).rejects.toMatchObject({ code: 'node.unavailable' })
  expect(alice.findPayment(paymentHash)?.state).toBe('succeeded')
  remove()
  await expect(clock.run(pay(paymentRequest))).rejects.toMatchObject({
    code: 'node.payment-exists',
    details: { state: 'paid' },
  })
})

test('a delay is virtual time, and the caller can give up before it ends', async () => {
  const { clock, bob } = pair()
  bob.faults.once('getInfo', 'before-reply', { delayMilliseconds: 30_000 })
  await clock.run(bob.lightning.getInfo())
  expect(clock.monotonic()).toBe(30_002)
  bob.faults.once('createInvoice', 'before-effect', { delayMilliseconds: 30_000 })
  const leaving = new AbortController()
  const creating = bob.lightning.createInvoice(terms, leaving.signal)
  await clock.advance(100)
  leaving.abort()
  await expect(creating).rejects.toMatchObject({
    details: { reason: 'deadline', outcome: 'unknown' },
  })
})

test('cut streams end by an error while the node goes on', async () => {
  const { clock, bob } = pair()
  const signal = new AbortController().signal
  const watching = (async () => {
    for await (const batch of bob.lightning.watchSettlements({ afterSettleIndex: 0n }, signal)) {
      void batch
    }
  })()
  watching.catch(() => {})
  await clock.advance(10)
  bob.faults.cutStreams()
  await expect(clock.run(watching)).rejects.toMatchObject({ code: 'node.unavailable' })
  await clock.run(bob.lightning.getInfo())
})

test('each state of the process gives its reason', async () => {
  const { clock, bob } = pair()
  const reasons: unknown[] = []
  const ask = async (): Promise<void> => {
    const answer = clock.run(bob.lightning.getInfo(), { limitMilliseconds: 100 })
    reasons.push(
      await answer.then(
        ({ isSyncedToChain }) => isSyncedToChain,
        (error: unknown) => (error as { details: unknown }).details,
      ),
    )
  }
  bob.lock()
  await ask()
  bob.unlock()
  await ask()
  bob.setSynced(false)
  await ask()
  bob.stop()
  await ask()
  bob.start({ takesMilliseconds: 5000 })
  await ask()
  bob.setSynced(true)
  await clock.advance(5000)
  await ask()
  expect(reasons).toEqual([
    { reason: 'locked', outcome: 'none' },
    true,
    false,
    { reason: 'unreachable', outcome: 'none' },
    { reason: 'starting', outcome: 'none' },
    true,
  ])
})

test('a node that goes down while a call is on its way leaves a change unknown, a read none', async () => {
  const { clock, bob } = pair()
  const outcomes: string[] = []
  const calls = [
    () => bob.lightning.createInvoice(terms),
    () => bob.lightning.lookupInvoice('00'.repeat(32)),
  ]
  for (const call of calls) {
    const calling = call()
    calling.catch(() => {})
    bob.stop()
    await clock.advance(10)
    await calling.catch((error: unknown) => {
      outcomes.push((error as { details: { outcome: string } }).details.outcome)
    })
    bob.start()
    await clock.advance(2000)
  }
  expect(outcomes).toEqual(['unknown', 'none'])
})

test('a node that goes down after the effect leaves the invoice and an unknown outcome', async () => {
  const { clock, bob } = pair()
  const creating = bob.lightning.createInvoice(terms)
  creating.catch(() => {})
  await clock.advance(1)
  bob.stop()
  await clock.advance(10)
  await expect(creating).rejects.toMatchObject({ details: { outcome: 'unknown' } })
  bob.start()
  await expect(clock.run(bob.lightning.createInvoice(terms))).rejects.toMatchObject({
    code: 'node.invoice-exists',
  })
})

test('a payment that was stored but not sent when the node went down fails at the start', async () => {
  const { clock, alice, bob } = pair()
  const { paymentRequest, paymentHash } = bob.createInvoice({ amountMsat: 1_000_000n })
  const paying = alice.pay(paymentRequest)
  await clock.advance(1)
  alice.stop()
  await clock.advance(10_000)
  expect(alice.findPayment(paymentHash)).toMatchObject({ state: 'in-flight', htlcs: [] })
  alice.start()
  expect(await clock.run(paying)).toMatchObject({ state: 'failed', failure: 'no-route' })
  await clock.advance(1000)
  expect((await clock.run(alice.pay(paymentRequest))).state).toBe('succeeded')
})

test('what a reader had not taken when the stream was cut is replayed after its index', async () => {
  const { clock, alice, bob } = pair()
  const sell = async (): Promise<string> => {
    const { paymentRequest, paymentHash } = bob.createInvoice({ amountMsat: 1_000_000n })
    await clock.run(alice.pay(paymentRequest))
    return paymentHash
  }
  const { signal } = new AbortController()
  const afterSettleIndex = bob.findInvoice(await sell())!.settleIndex
  const watch = () => bob.lightning.watchSettlements({ afterSettleIndex }, signal)
  const first = watch()[Symbol.asyncIterator]()
  await clock.run(first.next())
  const missed = await sell()
  bob.faults.cutStreams()
  await expect(first.next()).rejects.toMatchObject({ code: 'node.unavailable' })
  const second = watch()[Symbol.asyncIterator]()
  await clock.run(second.next())
  expect((await second.next()).value).toMatchObject([{ paymentHash: missed }])
})

test('channels are active again a moment after the start, and both ends are told', async () => {
  const { clock, alice, bob } = pair()
  const hints: string[] = []
  const ending = new AbortController()
  const watching = (async () => {
    for await (const { kind } of alice.lightning.watchChannels(ending.signal)) hints.push(kind)
  })()
  await clock.advance(10)
  const active = async () => (await clock.run(alice.lightning.listChannels()))[0]!.isActive
  const seen = [await active()]
  bob.restart()
  seen.push(await active())
  await clock.advance(1000)
  seen.push(await active())
  ending.abort()
  await watching
  expect(seen).toEqual([true, false, true])
  expect(hints[0]).toBe('subscribed')
  expect(hints.length).toBeGreaterThan(2)
})

test('an unsynced or stopped node misses blocks and catches up', async () => {
  const { network, clock, alice, bob } = pair()
  const start = network.blockHeight
  alice.setSynced(false)
  bob.stop()
  network.mine(10)
  bob.start()
  const height = async (node = alice) => (await clock.run(node.lightning.getInfo())).blockHeight
  expect([await height(), await height(bob)]).toEqual([start, start + 10])
  alice.setSynced(true)
  expect(await height()).toBe(start + 10)
})

test('a skewed clock stamps invoices and judges expiry', async () => {
  const { clock, alice, bob, pay } = pair()
  bob.setClockSkew(-600_000)
  const { paymentRequest, paymentHash } = bob.createInvoice({
    amountMsat: 1_000_000n,
    expirySeconds: 300,
  })
  expect(bob.findInvoice(paymentHash)).toMatchObject({
    createdAt: clock.now() - 600_000,
    state: 'open',
  })
  await expect(clock.run(pay(paymentRequest))).rejects.toMatchObject({
    code: 'node.refused',
    details: { reason: 'expired' },
  })
  alice.setClockSkew(-600_000)
  expect((await clock.run(pay(paymentRequest))).at(-1)).toBe('succeeded')
})

test('a second connection to the node outlives the first', async () => {
  const { clock, bob } = pair()
  const other = bob.connect()
  const watch = (lightning: typeof other) => {
    const watching = (async () => {
      const { signal } = new AbortController()
      for await (const hint of lightning.watchChannels(signal)) void hint
    })()
    watching.catch(() => {})
    return watching
  }
  const [first] = [watch(bob.lightning), watch(other)]
  await clock.advance(10)
  await bob.lightning.close()
  await expect(clock.run(first)).rejects.toMatchObject({ details: { reason: 'not-started' } })
  await clock.run(other.getInfo())
  await clock.run(bob.lightning.getInfo())
})

test('diagnose never throws and says what to do', async () => {
  const { network, clock, bob } = pair()
  const open = network.addNode('open', { acceptsKeysend: true })
  open.setSynced(false)
  const results = async (node = bob) =>
    (await clock.run(node.lightning.diagnose!())).map(({ check, result }) => `${check} ${result}`)
  expect(await results()).toEqual(['reachable ok', 'synced ok'])
  expect(await results(open)).toEqual(['reachable ok', 'synced failed', 'keysend warning'])
  bob.stop()
  expect(await results()).toEqual(['reachable failed'])
})
