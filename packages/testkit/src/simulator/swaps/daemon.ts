import {
  type DelegatedSwap,
  type DelegatedSwapProvider,
  type NewDelegatedSwap,
  type Outcome,
  PaymentNodeError,
} from '@payment-node/core'
import { createSeededRandom } from '../../network/seeded-random.ts'
import type { DaemonPlace, SimulatedDaemon } from './daemon-place.ts'
import { createDaemonManners, type DaemonWay, swapWays } from './daemon-ways.ts'
import { type DaemonSwap, tendSwap } from './tend-daemon-swap.ts'

/** Milliseconds between two looks at what it has begun. */
const beat = 2000
/** Milliseconds that its own server takes to answer. */
const serverTakes = 50
/** Label of what it makes by itself, as loopd writes it. */
const ownLabel = '[reserved]: autoloop-out'

/** What is asked for a swap, in sat. The prepayment tells swaps of different amounts apart. */
function daemonPrices(amountSat: bigint): {
  readonly serviceSat: bigint
  readonly prepaySat: bigint
  readonly minerSat: bigint
} {
  return {
    serviceSat: 1500n + amountSat / 250n,
    prepaySat: 600n + (amountSat % 997n),
    minerSat: 450n,
  }
}

/** A daemon in a world, and its swap server. It runs, and is honest until a fault says otherwise. */
export function openDaemon(place: DaemonPlace): SimulatedDaemon {
  const { network, lnd, routers, name, seed } = place
  const { clock } = network
  const server = network.addNode(`${name}-server`)
  for (const from of routers)
    network.establishChannel({ from, to: server, capacitySat: 10_000_000n })
  const random = createSeededRandom(`daemon/${seed}/${name}`)
  const manners = createDaemonManners()
  const swaps: DaemonSwap[] = []
  const hidden = new Set<string>()
  const client = lnd.connect()
  let isRunning = true
  let changed = Promise.withResolvers<void>()
  const tell = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const failed = (reason: string, outcome: Outcome): PaymentNodeError<'swap.provider-failed'> =>
    new PaymentNodeError('swap.provider-failed', `The daemon fails: ${reason} (simulated).`, {
      provider: name,
      reason,
      outcome,
    })
  const requireRunning = (outcome: Outcome): void => {
    if (!isRunning) throw failed('unreachable', outcome)
  }
  const listed = (): DaemonSwap[] => swaps.filter(({ isKnown }) => isKnown)

  void (async () => {
    for (;;) {
      await clock.sleep(beat, undefined, true)
      for (const swap of swaps) {
        const before = swap.report
        tendSwap(place, server, swap, isRunning)
        if (swap.report !== before) tell()
      }
    }
  })()

  /** Stores it and pays: from here on it goes on by itself. */
  const begin = (request: NewDelegatedSwap, address: string, isForeign: boolean): DaemonSwap => {
    const { label, amountSat } = request
    const { serviceSat, prepaySat, minerSat } = daemonPrices(amountSat)
    const invoice = (sat: bigint) =>
      server.createHoldInvoice({ amountMsat: sat * 1000n, preimage: random.bytes(32) })
    const main = invoice(amountSat + serviceSat - prepaySat)
    const prepay = invoice(prepaySat)
    let way: DaemonWay | undefined
    if (!isForeign) for (const one of swapWays) way ??= manners.strike(one) ? one : undefined
    const swap: DaemonSwap = {
      request,
      isForeign,
      way,
      main,
      prepay,
      address,
      sweeps: new Set(),
      serviceSat,
      minerSat: way === 'swept-dearly' ? request.maximumMinerSat : minerSat,
      stage: 'paying',
      isKnown: true,
      isPaid: false,
      lockedAt: 0,
      changedAt: clock.monotonic(),
      report: {
        label,
        providerId: main.paymentHash,
        state: 'accepted',
        amountSat,
        serviceSat: 0n,
        minerSat: 0n,
        routingSat: 0n,
        prepayLostSat: 0n,
      },
    }
    swaps.push(swap)
    tendSwap(place, server, swap, isRunning)
    tell()
    return swap
  }

  const start = async (request: NewDelegatedSwap): Promise<DelegatedSwap> => {
    requireRunning('none')
    const { label, amountSat } = request
    // The plugin looks for the label first: the daemon itself does not.
    const known = listed().filter(({ request: other }) => other.label === label)
    if (known.length > 1) throw failed('duplicate-label', 'unknown')
    if (known[0]) return known[0].report
    const { serviceSat, prepaySat, minerSat } = daemonPrices(amountSat)
    const isWithin =
      serviceSat <= request.maximumServiceSat &&
      prepaySat <= request.maximumPrepaySat &&
      minerSat <= request.maximumMinerSat
    if (manners.strike('start-refused') || !isWithin) {
      throw new PaymentNodeError('swap.refused', 'The daemon does not swap (simulated).', {
        provider: name,
        reason: 'quote-stale',
        outcome: 'none',
      })
    }
    await clock.sleep(serverTakes)
    requireRunning('unknown')
    if (manners.strike('start-cut-off')) throw failed('deadline', 'unknown')
    let address = request.destination
    try {
      address ??= await client.onchain?.newAddress('taproot')
    } catch {
      throw failed('other', 'none')
    }
    if (address === undefined) throw failed('other', 'none')
    if (manners.strike('start-slow')) {
      const to = address
      const later = 20_000 + random.integer(70_000)
      hidden.add(label)
      void clock.sleep(later).then(() => begin(request, to, false))
      throw failed('deadline', 'unknown')
    }
    const { report } = begin(request, address, false)
    if (manners.strike('start-lost')) throw failed('deadline', 'unknown')
    return report
  }

  const list = (label: string | undefined): DelegatedSwap[] => {
    requireRunning('none')
    let reports = listed().map(({ report }) => report)
    if (label !== undefined) reports = reports.filter((report) => report.label === label)
    if (reports.length === 0) return []
    if (manners.strike('list-reversed')) reports.reverse()
    if (reports.some(({ state }) => state === 'running') && manners.strike('list-gone-back')) {
      reports = reports.map((report) =>
        report.state === 'running' ? { ...report, state: 'accepted' } : report,
      )
    }
    if (manners.strike('list-other-amount'))
      reports = reports.map((report) => ({ ...report, amountSat: report.amountSat + 1n }))
    return manners.strike('list-doubled') ? reports.flatMap((one) => [one, one]) : reports
  }

  const connect = (): DelegatedSwapProvider => ({
    contractVersion: 1,
    custody: 'delegated',
    name,
    async check() {
      requireRunning('none')
      const isAlone = swaps.every(({ isForeign }) => !isForeign)
      return { network: 'regtest', version: '0.34.0', warnings: isAlone ? [] : ['autoloop'] }
    },
    async limits() {
      requireRunning('none')
      return { minimumSat: 100_000n, maximumSat: 1_500_000n }
    },
    async quote(amountSat) {
      requireRunning('none')
      const { serviceSat, prepaySat, minerSat } = daemonPrices(amountSat)
      return {
        amountSat,
        serviceSat,
        lockupSat: 0n,
        claimSat: minerSat,
        prepayAtRiskSat: prepaySat,
        expiresAt: clock.now() + 60_000,
      }
    },
    start,
    list: async (_signal, label) => list(label),
    async *watch(signal) {
      const ended = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      while (!signal.aborted) {
        requireRunning('none')
        await Promise.race([changed.promise, ended])
        if (signal.aborted) return
        requireRunning('none')
        if (!manners.strike('stream-silent')) yield* listed().map(({ report }) => report)
      }
    },
  })

  return {
    name,
    server,
    manners,
    truth: {
      name,
      wasHidden: (label) => hidden.has(label),
      swaps: () =>
        swaps.map(({ request, isForeign, way, main, prepay, address, sweeps }) => ({
          label: request.label,
          isForeign,
          way,
          amountSat: request.amountSat,
          mainHash: main.paymentHash,
          prepayHash: prepay.paymentHash,
          address,
          sweeps,
        })),
    },
    get isRunning() {
      return isRunning
    },
    stop() {
      isRunning = false
      tell()
    },
    start() {
      if (!isRunning) for (const swap of swaps) if (swap.way === 'stalled') swap.way = undefined
      isRunning = true
      tell()
    },
    forget() {
      const forgotten = listed()
      for (const swap of forgotten) {
        swap.isKnown = false
        hidden.add(swap.request.label)
      }
      tell()
      return forgotten.length > 0
    },
    autoloop(amountSat) {
      const limits = { maximumServiceSat: 1n << 40n, maximumMinerSat: 1n << 40n }
      const routing = { maximumPrepaySat: 1n << 40n, maximumRoutingSat: 20_000n }
      const terms = { ...limits, ...routing, publicationDeadline: clock.now() }
      void (async () => {
        try {
          const address = await client.onchain?.newAddress('taproot')
          if (address !== undefined && isRunning)
            begin({ label: ownLabel, amountSat, ...terms }, address, true)
        } catch {
          // Its LND is not there: it does not swap now.
        }
      })()
    },
    outsideAddress: async () => server.lightning.onchain?.newAddress('taproot'),
    connect,
    heal() {
      manners.clear()
      for (const swap of swaps) if (swap.way === 'stalled') swap.way = undefined
      isRunning = true
      tell()
    },
  }
}
