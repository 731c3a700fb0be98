import { randomUUID } from 'node:crypto'
import type { Section } from '../bench.ts'
import type { Measurement } from '../measurement.ts'
import { openShop, partner } from '../open-shop.ts'
import { connectRawLnd } from '../raw-lnd.ts'
import { runConcurrently } from '../run-concurrently.ts'
import { median, rangeOf } from '../statistics.ts'

const rounds = 5
const invoicesPerRound = 1500
const warmUp = 300
const concurrency = 64
const memo = 'two coffees'
const expirySeconds = 3600

interface Round {
  readonly perSecond: number
  /** Of this process, per invoice; LND and the kernel's disk work are not in it. */
  readonly cpuMicroseconds: number
}

/** Invoices of a fixed amount on one LND, turn by turn with and without the library. */
export const create: Section = {
  name: 'create',
  says: 'invoices.create (durable) and raw AddInvoice on the same LND, turn by turn',
  async measure(bench) {
    const bob = (await bench.network()).node('bob')
    await using shop = await openShop(bob, await bench.folder())
    const raw = connectRawLnd(bob, shop.macaroon)
    const addRaw = (): Promise<unknown> =>
      raw.addInvoice({ value_msat: '1000000', memo, expiry: String(expirySeconds) })
    const createOne = (): Promise<unknown> => {
      const idempotencyKey = randomUUID()
      const invoice = { partner, amount: '1000 sat', memo, expiresIn: expirySeconds }
      return shop.node.invoices.create(invoice, { idempotencyKey })
    }
    try {
      for (const work of [addRaw, createOne]) await runConcurrently(warmUp, concurrency, work)
      const rawRounds: Round[] = []
      const ourRounds: Round[] = []
      for (let round = 1; round <= rounds; round++) {
        // Each goes first in turn: LND becomes slower with every invoice it holds.
        const isOursFirst = round % 2 === 0
        if (isOursFirst) ourRounds.push(await measureRound(createOne))
        rawRounds.push(await measureRound(addRaw))
        if (!isOursFirst) ourRounds.push(await measureRound(createOne))
        const [rawRate, ourRate] = [rawRounds.at(-1)!, ourRounds.at(-1)!].map(({ perSecond }) =>
          perSecond.toFixed(0),
        )
        bench.report(`create: round ${round} of ${rounds}: raw ${rawRate}/s, library ${ourRate}/s`)
      }
      return compare(rawRounds, ourRounds)
    } finally {
      raw.close()
    }
  },
}

async function measureRound(work: () => Promise<unknown>): Promise<Round> {
  const start = performance.now()
  const cpu = process.cpuUsage()
  await runConcurrently(invoicesPerRound, concurrency, work)
  const { user, system } = process.cpuUsage(cpu)
  return {
    perSecond: invoicesPerRound / ((performance.now() - start) / 1000),
    cpuMicroseconds: (user + system) / invoicesPerRound,
  }
}

function compare(raw: readonly Round[], ours: readonly Round[]): readonly Measurement[] {
  const section = create.name
  const ratios = ours.map(({ perSecond }, round) => perSecond / raw[round]!.perSecond)
  const over = (list: readonly Round[], field: keyof Round) => {
    const values = list.map((round) => round[field])
    return { value: median(values), range: rangeOf(values) }
  }
  return [
    {
      section,
      what: 'rate of invoices.create, of raw AddInvoice',
      value: median(ratios),
      range: rangeOf(ratios),
      unit: 'ratio',
      target: { atLeast: 0.8 },
    },
    { section, what: 'invoices.create', ...over(ours, 'perSecond'), unit: 'per second' },
    {
      section,
      what: 'raw AddInvoice',
      ...over(raw, 'perSecond'),
      unit: 'per second',
      isReference: true,
    },
    {
      section,
      what: 'CPU of our process per invoices.create',
      ...over(ours, 'cpuMicroseconds'),
      unit: 'us',
    },
    {
      section,
      what: 'CPU of our process per raw AddInvoice',
      ...over(raw, 'cpuMicroseconds'),
      unit: 'us',
      isReference: true,
    },
  ]
}
