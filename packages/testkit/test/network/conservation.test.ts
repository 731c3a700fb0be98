import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSimulatedNetwork, type SimulatedNode } from '../../src/index.ts'

const aliases = ['ann', 'ben', 'cat', 'dan'] as const

/** What may happen to a network; nodes and amounts are chosen by number. */
const step = fc.oneof(
  { weight: 6, arbitrary: action('pay', 3) },
  { weight: 4, arbitrary: action('hold', 3) },
  { weight: 3, arbitrary: action('settle', 1) },
  { weight: 2, arbitrary: action('cancel', 1) },
  { weight: 4, arbitrary: action('wait', 1) },
  { weight: 3, arbitrary: action('mine', 1) },
  { weight: 2, arbitrary: action('stop', 1) },
  { weight: 3, arbitrary: action('start', 1) },
  { weight: 1, arbitrary: action('close', 2) },
  { weight: 1, arbitrary: action('force', 2) },
  { weight: 1, arbitrary: action('breach', 2) },
  { weight: 2, arbitrary: action('open', 3) },
  { weight: 1, arbitrary: action('feerate', 1) },
)

interface Step {
  readonly verb: string
  readonly numbers: readonly number[]
}

function action(verb: string, count: number): fc.Arbitrary<Step> {
  const number = fc.nat(1_000_000)
  return fc.array(number, { minLength: count, maxLength: count }).map((numbers) => {
    return { verb, numbers }
  })
}

async function play(steps: readonly Step[], seed: number) {
  const network = createSimulatedNetwork({ seed })
  const { clock } = network
  const nodes = aliases.map((alias) => network.addNode(alias))
  const pick = (number: number): SimulatedNode => nodes[number % nodes.length]!
  const points: string[] = []
  for (const [from, to] of [
    [0, 1],
    [1, 2],
    [2, 3],
    [0, 2],
  ] as const) {
    const size = { capacitySat: 700_000n, pushSat: 250_000n }
    points.push(network.establishChannel({ from: nodes[from]!, to: nodes[to]!, ...size }))
  }
  for (const node of nodes) node.fund(3_000_000n)
  const held: { payee: SimulatedNode; paymentHash: string }[] = []
  let [started, ended] = [0, 0]
  const journal: string[] = []

  /** Refusals are part of the game; everything else is a defect. */
  const attempt = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      journal.push(String(error))
    }
  }
  const pay = (payer: SimulatedNode, paymentRequest: string): void => {
    started++
    void payer
      .pay(paymentRequest)
      .then(
        ({ state, feeMsat, failure }) => journal.push(`${state} ${feeMsat} ${failure}`),
        (error: unknown) => journal.push(String(error)),
      )
      .finally(() => ended++)
  }
  const verbs: Record<string, (numbers: readonly number[]) => void | Promise<void>> = {
    pay: ([payer = 0, payee = 0, size = 0]) =>
      attempt(() => {
        const { paymentRequest } = pick(payee).createInvoice({
          amountMsat: BigInt(size) * 307n + 1n,
        })
        pay(pick(payer), paymentRequest)
      }),
    hold: ([payer = 0, payee = 0, size = 0]) =>
      attempt(() => {
        const amountMsat = BigInt(size) * 97n + 1n
        const { paymentRequest, paymentHash } = pick(payee).createHoldInvoice({ amountMsat })
        held.push({ payee: pick(payee), paymentHash })
        pay(pick(payer), paymentRequest)
      }),
    settle: ([which = 0]) =>
      attempt(() => {
        const found = held[which % Math.max(1, held.length)]
        found?.payee.settleHold(found.paymentHash)
      }),
    cancel: ([which = 0]) =>
      attempt(() => {
        const found = held[which % Math.max(1, held.length)]
        found?.payee.cancelHold(found.paymentHash)
      }),
    wait: ([time = 0]) => clock.advance(time % 5_000),
    mine: ([blocks = 0]) => network.mine(blocks % 40),
    stop: ([which = 0]) => pick(which).stop(),
    start: ([which = 0]) => pick(which).start(),
    close: ([by = 0, which = 0]) =>
      attempt(() => pick(by).closeChannel(points[which % points.length]!)),
    force: ([by = 0, which = 0]) =>
      attempt(() => pick(by).closeChannel(points[which % points.length]!, { kind: 'force' })),
    breach: ([by = 0, which = 0]) =>
      attempt(() => pick(by).closeChannel(points[which % points.length]!, { kind: 'breach' })),
    open: ([from = 0, to = 0, size = 0]) =>
      attempt(() => {
        const capacitySat = 20_000n + BigInt(size)
        points.push(pick(from).openChannel(pick(to), { capacitySat }))
      }),
    feerate: ([rate = 0]) => network.setFeerate(1 + (rate % 30)),
  }
  for (const { verb, numbers } of steps) {
    await verbs[verb]!(numbers)
    await clock.advance(1)
    expectConserved(network)
  }

  // Everybody comes back, blocks are cheap, time passes, and every payment must find its end.
  network.setFeerate(1)
  for (const node of nodes) node.start()
  await clock.advance(200_000)
  for (let round = 0; round < 40; round++) {
    network.mine(20)
    await clock.advance(2_000)
    expectConserved(network)
  }
  await clock.runUntil(() => ended === started)
  expectConserved(network)
  await expectNothingInFlight(network.clock.run, nodes)
  await expectPaidIsSettled(network.clock.run, nodes)
  const channels = await Promise.all(nodes.map((node) => clock.run(node.lightning.listChannels())))
  return { journal, audit: network.audit(), channels, now: clock.now() }
}

function expectConserved(network: ReturnType<typeof createSimulatedNetwork>): void {
  const { issuedMsat, channelsMsat, walletsMsat, feesMsat } = network.audit()
  expect(channelsMsat + walletsMsat + feesMsat).toBe(issuedMsat)
  expect(feesMsat >= 0n).toBe(true)
}

async function expectNothingInFlight(
  run: <T>(work: Promise<T>) => Promise<T>,
  nodes: readonly SimulatedNode[],
): Promise<void> {
  for (const { lightning } of nodes) {
    const payments = await run(lightning.listPayments({ afterIndex: 0n, limit: 1000 }))
    expect(payments.filter(({ state }) => state === 'in-flight')).toEqual([])
    const channels = await run(lightning.listChannels())
    expect(channels.flatMap(({ pendingHtlcs }) => pendingHtlcs)).toEqual([])
    for (const { localMsat, remoteMsat, capacityMsat } of channels) {
      expect(localMsat >= 0n && remoteMsat >= 0n).toBe(true)
      expect(localMsat + remoteMsat <= capacityMsat).toBe(true)
    }
  }
}

/** Who paid has the preimage, so somebody has settled. The opposite may fail on the chain. */
async function expectPaidIsSettled(
  run: <T>(work: Promise<T>) => Promise<T>,
  nodes: readonly SimulatedNode[],
): Promise<void> {
  for (const { lightning } of nodes) {
    const payments = await run(lightning.listPayments({ afterIndex: 0n, limit: 1000 }))
    for (const { paymentHash, state, amountMsat } of payments) {
      const payee = nodes.find((node) => node.findInvoice(paymentHash))
      if (state === 'succeeded') {
        const settled = { state: 'settled', paidMsat: amountMsat }
        expect(payee?.findInvoice(paymentHash)).toMatchObject(settled)
      }
    }
  }
}

test('no msat appears or vanishes, and every payment ends, whatever happens', async () => {
  const games = fc.asyncProperty(
    fc.array(step, { minLength: 5, maxLength: 40 }),
    fc.nat(1000),
    async (steps, seed) => {
      await play(steps, seed)
    },
  )
  await fc.assert(games, { numRuns: 60 })
}, 30_000)

test('the same seed and the same steps give the same run', async () => {
  const [steps] = fc.sample(fc.array(step, { minLength: 40, maxLength: 60 }), {
    numRuns: 1,
    seed: 7,
  }) as [Step[]]
  const first = await play(steps, 11)
  expect(first.journal.length).toBeGreaterThan(5)
  expect(await play(steps, 11)).toEqual(first)
  expect(await play(steps, 12)).not.toEqual(first)
}, 30_000)
