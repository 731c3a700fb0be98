import { type LightningNode, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { lightningNodeContract, type NodeContractEnvironment } from '../../src/index.ts'
import { chainLies } from './chain-lies.ts'
import { fundingLies } from './funding-lies.ts'
import { type Lie, managementLies } from './management-lies.ts'
import { createSimulatedEnvironment } from './simulated-environment.ts'

const nothing = async function* <T>(): AsyncGenerator<T> {}

/** So that two groups may have a lie of one name. */
function named(prefix: string, group: Record<string, Lie>): Record<string, Lie> {
  return Object.fromEntries(Object.entries(group).map(([name, lie]) => [prefix + name, lie]))
}

const lies: Record<string, Lie> = {
  ...managementLies,
  ...named('funding: ', fundingLies),
  ...named('chain: ', chainLies),
  'says another network': {
    noticedBy: 'getInfo names the node, its network, its version and its sync state',
    tell: (node) => ({
      getInfo: async (signal) => ({ ...(await node.getInfo(signal)), network: 'signet' }),
    }),
  },
  'makes a second invoice for a known preimage': {
    noticedBy: 'the same preimage again is invoice-exists, whatever the other fields',
    tell: (node) => ({
      createInvoice: (invoice) =>
        node.createInvoice(invoice).catch(() => {
          const preimage = new Uint8Array(invoice.preimage).reverse()
          return node.createInvoice({ ...invoice, preimage })
        }),
    }),
  },
  'rounds amounts to satoshi': {
    noticedBy: 'amounts are exact below a satoshi',
    tell: (node) => ({
      lookupInvoice: async (hash) => {
        const found = await node.lookupInvoice(hash)
        const { amountMsat } = found
        return { ...found, amountMsat: amountMsat && (amountMsat / 1000n) * 1000n }
      },
    }),
  },
  'shows the asked amount as the paid one': {
    noticedBy: 'more than the invoice asks is taken and shown',
    tell: (node) => ({
      async *watchSettlements(after, signal) {
        for await (const batch of node.watchSettlements(after, signal)) {
          yield batch.map((one) => ({ ...one, paidMsat: one.amountMsat ?? one.paidMsat }))
        }
      },
    }),
  },
  'does not say subscribed': {
    noticedBy: 'a settlement arrives while watching, as the look-up shows it',
    tell: (node) => ({
      async *watchSettlements(after, signal) {
        for await (const batch of node.watchSettlements(after, signal)) {
          if (batch.length > 0) yield batch
        }
      },
    }),
  },
  'replays from index 0': {
    noticedBy: 'after index 0 nothing is replayed',
    tell: (node) => ({
      watchSettlements: ({ afterSettleIndex }, signal) =>
        node.watchSettlements({ afterSettleIndex: afterSettleIndex || 1n }, signal),
    }),
  },
  'replays nothing at all': {
    noticedBy: 'after an index everything settled later is replayed, nothing earlier',
    tell: (node) => ({
      watchSettlements: (_, signal) => node.watchSettlements({ afterSettleIndex: 0n }, signal),
    }),
  },
  'cancels what is settled without a word': {
    noticedBy: 'canceling what was paid is invoice-settled, and it stays paid',
    tell: (node) => ({
      cancelInvoice: (hash) => node.cancelInvoice(hash).catch(() => {}),
    }),
  },
  'repeats an invoice on the next page': {
    noticedBy: 'pages of invoices ascend, miss nothing and repeat nothing',
    tell: (node) => ({
      listInvoices: ({ afterAddIndex, limit }) =>
        node.listInvoices({ afterAddIndex: afterAddIndex - (limit === 2 ? 1n : 0n), limit }),
    }),
  },
  'ends a payment before it is terminal': {
    noticedBy: 'a payment succeeds with its preimage and a routing fee',
    tell: (node) => ({
      async *pay(payment, signal) {
        for await (const update of node.pay(payment, signal)) {
          if (update.state !== 'in-flight') return
          yield update
        }
      },
    }),
  },
  'takes an unknown outcome for a failure': {
    noticedBy: 'tracking an unknown hash is payment-not-found',
    tell: (node) => ({
      trackPayment: (hash, signal) =>
        hash.length === 64 ? failOnError(node.trackPayment(hash, signal), hash) : nothing(),
    }),
  },
  'ignores the fee limit': {
    noticedBy: 'a fee limit of zero finds no route that costs',
    tell: (node) => ({
      pay: (payment, signal) =>
        node.pay({ ...payment, feeLimitMsat: payment.feeLimitMsat || 1_000_000n }, signal),
    }),
  },
  'pays an amount of its own': {
    noticedBy: 'an amount for an invoice that has one is refused',
    tell: (node) => ({
      async *pay(payment, signal) {
        const { amountMsat } = await node.decodeInvoice(payment.paymentRequest)
        const { amountMsat: given, ...rest } = payment
        yield* node.pay(amountMsat === null ? payment : rest, signal)
        void given
      },
    }),
  },
  'forgets failed payments': {
    noticedBy: 'the list of payments shows succeeded, failed and in-flight ones',
    tell: (node) => ({
      listPayments: async (page) =>
        (await node.listPayments(page)).filter(({ state }) => state !== 'failed'),
    }),
  },
  'calls a held payment failed': {
    noticedBy: 'a held payment is in flight, with its parts, until the payee decides',
    tell: (node) => ({
      async *trackPayment(hash, signal) {
        for await (const update of node.trackPayment(hash, signal)) {
          yield update.state === 'in-flight' ? { ...update, state: 'failed' } : update
        }
      },
    }),
  },
  'hides parts in flight': {
    noticedBy: 'the part is visible on its channel as long as it is held',
    tell: (node) => ({
      listChannels: async () =>
        (await node.listChannels()).map((channel) => ({ ...channel, pendingHtlcs: [] })),
    }),
  },
  'forgets the fee in the balance': {
    noticedBy: 'an outgoing payment takes its amount and its fee',
    tell: (node) => ({
      async *pay(payment, signal) {
        for await (const update of node.pay(payment, signal)) {
          yield { ...update, feeMsat: update.feeMsat + 2_000n }
        }
      },
    }),
  },
  'never counts updates': {
    noticedBy: 'the update count of the channel rises with a payment',
    tell: (node) => ({
      listChannels: async () =>
        (await node.listChannels()).map((channel) => ({ ...channel, updateCount: 7n })),
    }),
  },
  'lists a force close at once': {
    noticedBy: 'a force close waits, matures, and is listed at the end',
    tell: (node) => ({
      listClosedChannels: async () => [
        ...(await node.listClosedChannels()),
        ...(await node.listPendingChannels()).map((channel) => ({
          ...channel,
          closeType: 'local-force' as const,
          openedBy: 'us' as const,
          closedBy: 'us' as const,
          settledMsat: 0n,
        })),
      ],
    }),
  },
  'is certain that a cut payment failed': {
    noticedBy: 'streams of a node that stops end by node.unavailable',
    tell: (node) => ({
      async *pay(payment, signal) {
        try {
          yield* node.pay(payment, signal)
        } catch (error) {
          if (!PaymentNodeError.is(error, 'node.unavailable')) throw error
          const { reason } = error.details
          throw new PaymentNodeError('node.unavailable', 'cut', { reason, outcome: 'none' })
        }
      },
    }),
  },
  'ends its streams quietly': {
    noticedBy: 'streams of a node that stops end by node.unavailable',
    tell: (node) => ({
      async *watchChannels(signal) {
        try {
          yield* node.watchChannels(signal)
        } catch {}
      },
    }),
  },
  'decodes any network': {
    noticedBy: 'an invoice of another network is malformed: wrong-network',
    tell: (node) => ({
      decodeInvoice: async (text) =>
        node.decodeInvoice(text).catch(() => ({
          ...placeholder,
          createdAt: 0,
        })),
    }),
  },
}

const placeholder = {
  paymentHash: '00'.repeat(32),
  destination: `02${'00'.repeat(32)}`,
  amountMsat: null,
  expirySeconds: 3600,
  description: '',
  minFinalCltv: 18,
  features: [],
  hasPaymentSecret: true,
  hasBlindedPaths: false,
}

async function* failOnError(
  updates: ReturnType<LightningNode['trackPayment']>,
  paymentHash: string,
): ReturnType<LightningNode['trackPayment']> & AsyncGenerator {
  try {
    yield* updates
  } catch {
    yield {
      paymentHash,
      state: 'failed',
      failure: 'error',
      amountMsat: 0n,
      feeMsat: 0n,
      index: 0n,
      createdAt: 0,
      htlcs: [],
    }
  }
}

const everything = {
  restarts: true,
  opensChannels: true,
  managesChannels: true,
  watchesChain: true,
  forwards: true,
}

async function runCase(environment: NodeContractEnvironment, wanted: string): Promise<unknown> {
  let found: (() => Promise<void>) | undefined
  const register = (name: string, run: () => Promise<void>): void => {
    if (name === wanted) found = run
  }
  lightningNodeContract(register, async () => environment, everything)
  if (!found) throw new Error(`The contract has no case ${wanted}`)
  return found().then(
    () => undefined,
    (error: unknown) => error ?? new Error('rejected without a reason'),
  )
}

test('every lie of a node is noticed by its case', async () => {
  const unnoticed: string[] = []
  for (const [name, lie] of Object.entries(lies)) {
    const honest = createSimulatedEnvironment()
    const truth = await runCase(honest, lie.noticedBy)
    if (truth !== undefined) unnoticed.push(`${name}: also without the lie: ${truth}`)
    const liar = createSimulatedEnvironment()
    const node = { ...liar.node, ...lie.tell(liar.node) }
    const noticed = await runCase({ ...liar, node }, lie.noticedBy)
    if (noticed === undefined) unnoticed.push(name)
  }
  expect(unnoticed).toEqual([])
})

test('the contract has at least fifty cases, no two with one name', () => {
  const names: string[] = []
  lightningNodeContract(
    (name) => names.push(name),
    async () => createSimulatedEnvironment(),
    everything,
  )
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(50)
})
