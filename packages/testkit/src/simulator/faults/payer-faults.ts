import type { SeededRandom } from '../../network/seeded-random.ts'
import { mannersOf } from '../manners.ts'
import { payQuietly } from '../pay-quietly.ts'
import { between, pick, someTime } from './choose.ts'
import type { Fault, FaultKind, Parameters, PlanFrame } from './fault.ts'

/** Payers, and other programs on the same LND. */
export const payerFaults: readonly FaultKind[] = [
  {
    name: 'payer-pays-twice',
    says: 'A payer pays an invoice a second time, at nearly the same time.',
    plan: (random, frame) => onInvoice(random, frame, { after: between(random, 50, 100_000) }),
    strike(world, fault) {
      const { invoice, after } = fault.parameters as { invoice: string; after: number }
      const known = mannersOf(world).payers.get(invoice)
      mannersOf(world).payers.set(invoice, {
        again: after,
        ...known,
        done: () => world.happened(fault),
      })
      return undefined
    },
  },
  {
    name: 'payer-pays-late',
    says: 'A payer pays just when the invoice expires, or later.',
    plan: (random, frame) =>
      onInvoice(random, frame, {
        after: pick(random, [59_900, 60_100, 119_950, 120_050, 299_000, 301_000]),
      }),
    strike(world, fault) {
      const { invoice, after } = fault.parameters as { invoice: string; after: number }
      const known = mannersOf(world).payers.get(invoice)
      mannersOf(world).payers.set(invoice, {
        ...known,
        late: after,
        done: () => world.happened(fault),
      })
      return undefined
    },
  },
  {
    name: 'payer-pays-over',
    says: 'A payer pays more than was asked.',
    plan: (random, frame) => onInvoice(random, frame, { sat: between(random, 50_001, 300_000) }),
    strike(world, fault) {
      const { invoice, sat } = fault.parameters as { invoice: string; sat: number }
      const known = mannersOf(world).payers.get(invoice)
      mannersOf(world).payers.set(invoice, {
        ...known,
        over: sat,
        done: () => world.happened(fault),
      })
      return undefined
    },
  },
  {
    name: 'keysend-arrives',
    says: 'Payments arrive that no invoice asked for.',
    plan: (random, frame) =>
      frame.acceptsKeysend
        ? {
            trigger: someTime(random, frame),
            parameters: { sat: between(random, 1, 100_000), times: between(random, 1, 4) },
          }
        : undefined,
    strike(world, fault) {
      const { sat, times } = fault.parameters as { sat: number; times: number }
      const { payer } = world.peers
      for (let count = 0; count < times && payer.lifecycle === 'running'; count++) {
        void payer
          .keysend(world.shop.publicKey, BigInt(sat) * 1000n)
          .then(({ paymentHash, state }) => {
            world.records.foreign.add(paymentHash)
            if (state === 'succeeded') world.happened(fault)
          })
      }
      return undefined
    },
  },
  {
    name: 'foreign-invoice-paid',
    says: "Another program's invoice on the same LND is paid.",
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { sat: between(random, 1, 100_000), times: between(random, 1, 5) },
    }),
    strike(world, fault) {
      if (world.shop.lifecycle !== 'running') return undefined
      const { sat, times } = fault.parameters as { sat: number; times: number }
      for (let count = 0; count < times; count++) {
        const billed = world.shop.createInvoice({ amountMsat: BigInt(sat) * 1000n })
        world.records.foreign.add(billed.paymentHash)
        void payQuietly(world, world.peers.payer, billed.paymentRequest).then((state) => {
          if (state === 'succeeded') world.happened(fault)
        })
      }
      return undefined
    },
  },
  {
    name: 'foreign-payment',
    says: 'Another program pays from the same LND.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        sat: between(random, 1, 3_000_000),
        payee: pick(random, ['payee', 'hostile', 'island']),
      },
    }),
    strike(world, fault) {
      const { sat, payee } = fault.parameters as {
        sat: number
        payee: 'payee' | 'hostile' | 'island'
      }
      const node = world.peers[payee]
      if (world.shop.lifecycle !== 'running' || node.lifecycle !== 'running') return undefined
      const billed = node.createInvoice({ amountMsat: BigInt(sat) * 1000n })
      world.records.foreign.add(billed.paymentHash)
      world.happened(fault)
      void payQuietly(world, world.shop, billed.paymentRequest)
      return undefined
    },
  },
]

/** Strikes one of the host's invoices, if it has any. */
function onInvoice(
  random: SeededRandom,
  { invoices }: PlanFrame,
  parameters: Parameters,
): Omit<Fault, 'kind'> | undefined {
  if (invoices.length === 0) return undefined
  return { trigger: { at: 0 }, parameters: { invoice: pick(random, invoices), ...parameters } }
}
