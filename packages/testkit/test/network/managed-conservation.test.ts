import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createSimulatedNetwork,
  type PeerConduct,
  type SimulatedNetwork,
  type SimulatedNode,
  type VirtualClock,
} from '../../src/index.ts'
import { missingMsat } from './managed-pair.ts'

const aliases = ['ann', 'ben', 'cat'] as const
const conducts: readonly PeerConduct[] = [
  {},
  { refusesChannels: 'no' },
  { minimumChannelSat: 300_000n },
  { neverAnswers: 'open_channel' },
  { neverAnswers: 'funding_created' },
  { withholdsReady: true },
  { closesOnceActive: 'cooperative' },
  { closesOnceActive: 'force' },
  { isSilentOnConnect: true },
]

const step = fc.record({
  verb: fc.constantFrom(
    ...['open', 'open', 'open', 'open', 'wait', 'mine', 'mine', 'mine', 'pay', 'pay', 'pay'],
    ...['close', 'force', 'abandon', 'reorganize', 'reorganize', 'doubleSpend', 'doubleSpend'],
    ...['evict', 'feerate', 'minimum', 'stop', 'start', 'start', 'reach', 'cut', 'conduct'],
    ...['connect', 'publish'],
  ),
  numbers: fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000), fc.nat(1_000_000)),
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function play(steps: readonly Step[], seed: number) {
  const network = createSimulatedNetwork({ seed })
  const { clock } = network
  const nodes = aliases.map((alias) => network.addNode(alias))
  const pick = (number: number): SimulatedNode => nodes[number % nodes.length]!
  for (const node of nodes) for (const sat of [400_000n, 900_000n, 3_000_000n]) node.fund(sat)
  network.mine(6)
  const points: string[] = []
  const journal: string[] = []
  /** Refusals are part of the game; everything else is a defect. */
  const attempt = (verb: string, work: Promise<unknown> | (() => unknown)): void => {
    const note = (error: unknown): void => {
      journal.push(`${verb}: ${error}`)
    }
    try {
      const promise = typeof work === 'function' ? Promise.resolve(work()) : work
      promise.catch(note)
    } catch (error) {
      note(error)
    }
  }
  /** A coin of the node, mostly one that something waits with. */
  const outpoint = async (node: SimulatedNode, number: number): Promise<string | undefined> => {
    const { onchain } = node.lightning
    const waiting = (await onchain!.transactions(0)).filter(({ confirmations }) => !confirmations)
    const coins = (await onchain!.unspent()).slice(0, 1)
    const all = [...waiting.flatMap(({ spends }) => spends), ...coins.map((coin) => coin.outpoint)]
    return all[number % Math.max(1, all.length)]
  }
  const other = (a: number, b: number): SimulatedNode => pick(a + 1 + (b % 2))
  const verbs: Record<string, (a: number, b: number, c: number) => void | Promise<void>> = {
    connect(a, b) {
      const { publicKey, address } = other(a, b)
      attempt('connect', pick(a).lightning.opener!.connect(publicKey, address))
    },
    async open(a, b, c) {
      const [from, to] = [pick(a), other(a, b)]
      const { opener, onchain } = from.lightning
      attempt(
        'open',
        (async () => {
          await opener!.connect(to.publicKey, to.address)
          const coins = await onchain!.unspent()
          const outpoints = coins
            .filter(({ confirmations }) => confirmations > 0)
            .slice(0, 1 + (c % 3))
            .map((coin) => coin.outpoint)
          const { channelPoint } = await opener!.open({
            peer: to.publicKey,
            capacitySat: 20_000n + BigInt(c % 400_000),
            satPerVbyte: 1 + (c % 20),
            outpoints,
            memo: `${a}`,
            isPrivate: c % 2 === 0,
          })
          points.push(channelPoint)
        })(),
      )
    },
    wait: (a) => clock.advance(a % 700_000),
    mine: (a) => network.mine(1 + (a % 8)),
    pay(a, b, c) {
      attempt('pay', () =>
        pick(a).pay(other(a, b).createInvoice({ amountMsat: BigInt(c) * 97n + 1n }).paymentRequest),
      )
    },
    close(a, b) {
      const channelPoint = points[b % Math.max(1, points.length)] ?? 'none:0'
      attempt('close', pick(a).lightning.opener!.close({ channelPoint, isForce: false }))
    },
    force(a, b) {
      const channelPoint = points[b % Math.max(1, points.length)] ?? 'none:0'
      attempt('force', pick(a).lightning.opener!.close({ channelPoint, isForce: true }))
    },
    abandon(a, b) {
      const channelPoint = points[b % Math.max(1, points.length)] ?? 'none:0'
      attempt('abandon', pick(a).lightning.opener!.abandon(channelPoint))
    },
    reorganize: (a, b) => network.reorganize(1 + (a % 6), { newBlocks: b % 8 }),
    evict(a) {
      const waiting = network.waitingTransactions
      const found = waiting[a % Math.max(1, waiting.length)]
      if (found) network.evict(found.id)
    },
    doubleSpend(a, b) {
      attempt(
        'doubleSpend',
        outpoint(pick(a), b).then((found) => found && network.doubleSpend(found)),
      )
    },
    publish(a, b) {
      const { onchain } = pick(a).lightning
      attempt(
        'publish',
        onchain!.transactions(0).then((all) => {
          const found = all[b % Math.max(1, all.length)]
          return found && onchain!.publish(found.rawTransaction, 'again')
        }),
      )
    },
    feerate: (a) => network.setFeerate(1 + (a % 25)),
    minimum: (a) => network.setMempoolMinimum(a % 3 === 0 ? a % 15 : 0),
    stop: (a) => pick(a).stop(),
    start: (a) => pick(a).start(),
    reach: (a, b) => pick(a).setReachable(b % 3 > 0),
    cut: (a, b) => pick(a).disconnect(other(a, b)),
    conduct: (a, b) => pick(a).setConduct(conducts[b % 20] ?? {}),
  }
  for (const { verb, numbers } of steps) {
    await verbs[verb]!(...numbers)
    await clock.advance(50)
    expect(missingMsat(network), verb).toBe(0n)
    expect(network.audit().feesMsat >= 0n).toBe(true)
    await expectSane(network, nodes)
  }

  // Everybody comes back and behaves; blocks and time pass.
  network.setFeerate(1)
  network.setMempoolMinimum(0)
  for (const node of nodes) {
    node.setConduct({})
    node.setReachable(true)
    node.start()
  }
  await clock.advance(700_000)
  // Nobody else hands a payment from outside to the network again that the mempool has dropped.
  for (const { lightning } of nodes) {
    for (const one of await clock.run(lightning.onchain!.transactions(0))) {
      if (one.confirmations > 0) continue
      attempt('publish', lightning.onchain!.publish(one.rawTransaction, 'again'))
    }
  }
  await clock.advance(50)
  for (let round = 0; round < 30; round++) {
    network.mine(100)
    await clock.advance(2_000)
  }
  expect(missingMsat(network)).toBe(0n)
  await expectSane(network, nodes)
  // What is still opening or closing has lost the coins that paid for it; all else has found its end.
  for (const node of nodes) {
    const pending = await clock.run(node.lightning.listPendingChannels())
    for (const { channelPoint, isInitiator, state, fundingExpiryBlocks } of pending) {
      const funding = channelPoint.split(':')[0]!
      for (const { lightning } of nodes) {
        const known = await clock.run(lightning.onchain!.transactions(0))
        expect(known.map((one) => one.transactionId)).not.toContain(funding)
      }
      if (state !== 'opening') continue
      expect(isInitiator).toBe(true)
      expect(fundingExpiryBlocks).toBeLessThan(0)
    }
  }
  return { journal, audit: network.audit(), points, now: clock.now() }
}

/** What the lists say fits together, whatever happened. */
async function expectSane(
  network: SimulatedNetwork<VirtualClock>,
  nodes: readonly SimulatedNode[],
): Promise<void> {
  const { run } = network.clock
  for (const node of nodes) {
    if (node.lifecycle !== 'running') continue
    const { lightning } = node
    const coins = await run(lightning.onchain!.unspent())
    const balance = await run(lightning.walletBalance())
    const sum = coins.reduce((all, { amountSat }) => all + amountSat * 1000n, 0n)
    expect(sum).toBe(balance.confirmedMsat + balance.unconfirmedMsat)
    const transactions = await run(lightning.onchain!.transactions(0))
    const spent = transactions.flatMap(({ spends }) => spends)
    expect(new Set(spent).size, 'two transactions spend one outpoint').toBe(spent.length)
    for (const { outpoint } of coins) expect(spent).not.toContain(outpoint)
    const open = await run(lightning.listChannels())
    for (const { localMsat, remoteMsat, capacityMsat } of open) {
      expect(localMsat >= 0n && remoteMsat >= 0n).toBe(true)
      expect(localMsat + remoteMsat <= capacityMsat).toBe(true)
    }
    const listed = [
      ...open,
      ...(await run(lightning.listPendingChannels())),
      ...(await run(lightning.listClosedChannels())),
    ].map(({ channelPoint }) => channelPoint)
    expect(new Set(listed).size, 'a channel is in two lists').toBe(listed.length)
  }
}

test('through reorganizations, evictions, double spends and unhelpful peers no msat appears or vanishes', async () => {
  const games = fc.asyncProperty(
    fc.array(step, { minLength: 10, maxLength: 50 }),
    fc.nat(1000),
    async (steps, seed) => {
      await play(steps, seed)
    },
  )
  await fc.assert(games, { numRuns: 40 })
}, 60_000)

test('the same seed and the same steps give the same run, also with all of that', async () => {
  const [steps] = fc.sample(fc.array(step, { minLength: 60, maxLength: 80 }), {
    numRuns: 1,
    seed: 5,
  }) as [Step[]]
  const first = await play(steps, 3)
  expect(first.journal.length).toBeGreaterThan(5)
  expect(await play(steps, 3)).toEqual(first)
  expect(await play(steps, 4)).not.toEqual(first)
}, 60_000)
