import { ask } from '../ask-host.ts'
import { troubleHandlers } from '../host-handlers.ts'
import { mannersOf } from '../manners.ts'
import { resumeOutgoing } from '../resume-outgoing.ts'
import type { World } from '../world.ts'
import { between, pick, someStep, someTime } from './choose.ts'
import type { FaultKind } from './fault.ts'

/** The host and its operator. */
export const hostFaults: readonly FaultKind[] = [
  {
    name: 'duplicate-payout-request',
    says: 'The host asks three times at once for one payout, under one key.',
    plan: (random, { payouts }) =>
      payouts.length > 0
        ? { trigger: { at: 0 }, parameters: { name: pick(random, payouts) } }
        : undefined,
    strike(world, fault) {
      mannersOf(world).twice.set(fault.parameters.name as string, () => world.happened(fault))
      return undefined
    },
  },
  {
    name: 'same-invoice-twice',
    says: 'The host asks twice at once to pay the same invoice, under two keys.',
    plan: (random, { payouts }) =>
      payouts.length > 0
        ? { trigger: { at: 0 }, parameters: { name: pick(random, payouts) } }
        : undefined,
    strike(world, fault) {
      const { name } = fault.parameters as { name: string }
      mannersOf(world).sameInvoice.set(name, () => world.happened(fault))
      return undefined
    },
  },
  {
    name: 'others-pay-the-same',
    says: 'Another program on the same LND pays the invoice of a payout.',
    plan: (random, { payouts }) =>
      payouts.length > 0
        ? {
            trigger: { at: 0 },
            parameters: {
              name: pick(random, payouts),
              after: pick(random, [0, 1, 3, 5, 8, 20, 500, 5000]),
            },
          }
        : undefined,
    strike(world, fault) {
      const { name, after } = fault.parameters as { name: string; after: number }
      mannersOf(world).paidByOthers.set(name, { after, done: () => world.happened(fault) })
      return undefined
    },
  },
  {
    name: 'duplicate-invoice-request',
    says: 'The host asks three times at once for one invoice, under one key.',
    plan: (random, { invoices }) =>
      invoices.length > 0
        ? { trigger: { at: 0 }, parameters: { name: pick(random, invoices) } }
        : undefined,
    strike(world, fault) {
      mannersOf(world).twice.set(fault.parameters.name as string, () => world.happened(fault))
      return undefined
    },
  },
  {
    name: 'operator-verdict',
    says: 'An operator resolves a payout while the worker follows it; LND is asked first.',
    plan: (random, frame) => ({
      trigger: someStep(
        random,
        frame,
        pick(random, [
          'lightning.pay/effect',
          'lightning.pay/item',
          'lightning.trackPayment/item',
          'lightning.trackPayment/before',
          'storage.commit/before',
        ]),
      ),
      parameters: {
        verdict: pick(random, ['failed', 'succeeded']),
        after: pick(random, [0, 1, 5, 50, 2000]),
      },
    }),
    strike(world, fault) {
      const { verdict, after } = fault.parameters as {
        verdict: 'failed' | 'succeeded'
        after: number
      }
      void world.clock.sleep(after).then(async () => {
        const living = [...world.books.table('payouts').values()].find(
          ({ state }) => state === 'sending',
        )
        if (!living) return
        world.happened(fault)
        await ask(world, `resolve ${living.id} ${verdict}`, (node) =>
          node.payouts.resolve(living.id as string, verdict, { by: 'operator', note: 'race' }),
        )
      })
      return undefined
    },
  },
  {
    name: 'operator-insists',
    says: 'An operator insists on a verdict that LND does not confirm.',
    plan: (random, frame) => ({
      trigger: someStep(
        random,
        frame,
        pick(random, ['lightning.pay/item', 'lightning.pay/effect', 'lightning.trackPayment/item']),
      ),
      parameters: { verdict: pick(random, ['failed', 'succeeded']) },
    }),
    strike(world, fault) {
      const verdict = fault.parameters.verdict as 'failed' | 'succeeded'
      const living = [...world.books.table('payouts').values()].find(
        ({ state }) => state === 'sending',
      )
      if (!living) return undefined
      const id = living.id as string
      const hash = living.payment_hash as string
      world.records.insisted.add(hash)
      void ask(world, `insist ${id} ${verdict}`, (node) =>
        node.payouts.resolve(id, verdict, { by: 'operator', note: 'insists', insist: true }),
      ).then((answer) => {
        if ('value' in answer) world.happened(fault)
        // Another verdict may have been taken meanwhile.
        else if (!isResolved(world, id)) world.records.insisted.delete(hash)
      })
      return undefined
    },
  },
  {
    name: 'halt-at-send',
    says: 'The operator halts outgoing money just when a payout is being sent, and resumes later.',
    plan: (random, frame) => ({
      trigger: someStep(
        random,
        frame,
        pick(random, [
          'lightning.pay/before',
          'storage.commit/before',
          'lightning.decodeInvoice/reply',
        ]),
      ),
      parameters: { milliseconds: pick(random, [10, 3000, 60_000]) },
    }),
    strike(world, fault) {
      void (async () => {
        const halted = await ask(world, 'halt', (node) => node.safety.halt('at once'))
        if ('value' in halted) world.happened(fault)
        await world.clock.sleep(fault.parameters.milliseconds as number)
        await resumeOutgoing(world, 'resume', 'understood')
      })()
      return undefined
    },
  },
  {
    name: 'handler-throws',
    says: "The host's handlers throw for a while.",
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { milliseconds: pick(random, [3000, 60_000]) },
    }),
    strike(world, fault) {
      const until = world.elapsed() + (fault.parameters.milliseconds as number)
      troubleHandlers(world, () => {
        if (world.elapsed() >= until || world.isHealing) return undefined
        world.happened(fault)
        return 'throw'
      })
      return undefined
    },
  },
  {
    name: 'handler-slow',
    says: 'A handler takes longer than its lease.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { sleep: between(random, 5000, 60_000), times: between(random, 1, 4) },
    }),
    strike(world, fault) {
      const { sleep, times } = fault.parameters as { sleep: number; times: number }
      let left = times
      troubleHandlers(world, () => {
        if (left-- <= 0) return undefined
        world.happened(fault)
        return { sleepMilliseconds: sleep }
      })
      return undefined
    },
  },
]

/** An operator's verdict is what ended the payout. */
function isResolved(world: World, payout: string): boolean {
  for (const attempt of world.books.table('attempts').values()) {
    const evidence = attempt.evidence as { readonly by?: string } | null
    if (attempt.payout === payout && evidence?.by !== undefined) return true
  }
  return false
}
