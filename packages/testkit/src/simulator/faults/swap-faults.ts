import type { BoltzFault } from '../../boltz-server/faults.ts'
import { unavailable } from '../../network/node-errors.ts'
import type { SeededRandom } from '../../network/seeded-random.ts'
import { ask } from '../ask-host.ts'
import { usesSwaps } from '../features.ts'
import type { MirrorRow } from '../mirror-books.ts'
import { resumeOutgoing } from '../resume-outgoing.ts'
import type { MarketProvider } from '../swaps/market-place.ts'
import type { World } from '../world.ts'
import { between, pick, someStep, someTime } from './choose.ts'
import type { Fault, FaultKind, PlanFrame } from './fault.ts'
import { planOwnFaults } from './plan-own-faults.ts'

/** Providers that cheat or fail, and whatever happens while money is with them. */
export const swapFaults: readonly FaultKind[] = [
  hostile('swap-invoice-lies', 'A provider gives an invoice that is not what was agreed.', [
    'invoice-other-hash',
    'invoice-other-hash',
    'invoice-other-hash',
    'invoice-larger',
    'invoice-smaller',
    'invoice-off-by-msat',
    'invoice-without-amount',
    'invoice-other-network',
    'invoice-expired',
    'invoice-expires-at-once',
    'invoice-huge-cltv',
    'invoice-own-node',
    'invoice-damaged',
    'miner-fee-invoice',
  ]),
  hostile('swap-tree-lies', 'A provider tells other scripts than it uses, or some that rob.', [
    'claim-leaf-other-hash',
    'claim-leaf-other-key',
    'claim-leaf-without-size',
    'claim-leaf-other-version',
    'refund-leaf-other-key',
    'refund-leaf-without-timeout',
    'refund-leaf-early-timeout',
    'leaves-swapped',
    'leaf-missing',
    'extra-leaf',
    'extra-leaf-hidden',
  ]),
  hostile(
    'swap-address-lies',
    'A provider tells keys or an address that are not those of the swap.',
    [
      'refund-key-other',
      'refund-key-is-claim-key',
      'refund-key-not-on-curve',
      'key-order-swapped',
      'key-untweaked',
      'address-other-tree',
      'address-p2wsh',
      'address-server-key',
      'address-other-network',
      'address-malformed',
    ],
  ),
  hostile('swap-terms-lie', 'A provider changes timeout or amount when the swap is made.', [
    'timeout-near',
    'timeout-passed',
    'timeout-far',
    'onchain-amount-less',
    'onchain-amount-more',
    'onchain-amount-missing',
    'fee-changes-after-quote',
    'wrong-types',
    'negative-numbers',
    'huge-numbers',
  ]),
  hostile(
    'swap-creation-fails',
    'A provider quotes, and then makes no swap, or makes it and says nothing.',
    [
      'creation-refused',
      'creation-conflict',
      'creation-answer-lost',
      'pair-hash-stale',
      'limits-change',
      'pairs-empty',
      'pairs-absurd',
      'same-id-twice',
      'hostile-id',
      'too-many-requests',
    ],
  ),
  hostile('swap-answers-broken', 'A provider answers with nonsense, with nothing, or much later.', [
    'server-error',
    'not-json',
    'empty-answer',
    'cut-answer',
    'silent',
    'late',
    'vanished',
  ]),
  hostile(
    'swap-lockup-lies',
    'A provider locks up something else than was agreed, late, or nothing.',
    [
      'lockup-never',
      'lockup-late',
      'lockup-late',
      'lockup-small',
      'lockup-small',
      'lockup-dust',
      'lockup-p2wsh',
      'lockup-other-key',
      'lockup-two-outputs',
      'lockup-unpublished',
      'lockup-low-fee',
      'lockup-replaced',
      'lockup-evicted',
    ],
  ),
  hostile('swap-lockup-reorganized', 'The block with a lockup gives way to another one.', [
    'lockup-reorganized',
  ]),
  hostile(
    'swap-claim-sabotaged',
    'A provider takes the preimage, and does not help with the claim.',
    [
      'claim-refused',
      'claim-unsettled',
      'claim-keeps-preimage',
      'claim-silent',
      'no-partial-signature',
      'partial-signature-bad',
      'partial-signature-out-of-range',
      'partial-signature-other-transaction',
      'partial-signature-untweaked',
      'public-nonce-bad',
      'nonce-harvest',
    ],
  ),
  hostile(
    'swap-updates-lie',
    'A provider tells of a swap what is not so, in another order, or not at all.',
    [
      'updates-duplicated',
      'updates-out-of-order',
      'updates-skipped',
      'updates-of-others',
      'status-unknown-word',
      'status-lies-confirmed',
      'status-lies-confirmed',
      'status-lies-settled',
      'status-lies-failed',
      'status-unknown-swap',
      'web-socket-refused',
      'web-socket-silent',
      'web-socket-drops',
      'web-socket-garbage',
      'transaction-other-hex',
      'transaction-other-id',
      'transaction-missing',
    ],
  ),
  {
    name: 'swap-payment-kept',
    says: 'A provider locks nothing up, and lets the payment go only when LND takes it from it.',
    plan: (random, frame) =>
      ofSwaps(frame, () => ({ trigger: { at: 0 }, parameters: { provider: random.integer(3) } })),
    strike(world, fault) {
      for (const { server } of world.market?.providers ?? []) {
        server.faults.add('invoice-never-canceled')
        server.faults.add('refund-never')
      }
      return cheat(world, fault, 'lockup-never')
    },
  },
  {
    name: 'swap-provider-vanishes',
    says: 'A provider vanishes at a moment of a swap, and perhaps never comes back.',
    plan: (random, frame) =>
      ofSwaps(frame, () => ({
        trigger: { at: 0 },
        parameters: {
          provider: random.integer(2),
          fault: pick(random, [
            'vanishes-after-held',
            'vanishes-after-lockup',
            'vanishes-after-lockup',
            'vanishes-after-reveal',
          ]),
          isForever: random.integer(2) === 0,
        },
      })),
    strike: (world, fault) =>
      cheat(world, fault, fault.parameters.fault as BoltzFault, (provider) => {
        if (fault.parameters.isForever) provider.isGone = true
      }),
  },
  {
    name: 'swap-provider-down',
    says: 'A provider cannot be reached for a while.',
    plan: (random, frame) =>
      ofSwaps(frame, () => ({
        trigger: someTime(random, frame),
        parameters: {
          provider: random.integer(2),
          milliseconds: pick(random, [5000, 60_000, 300_000]),
        },
      })),
    strike(world, fault) {
      const provider = providerOf(world, fault)
      if (!provider) return undefined
      provider.server.isReachable = false
      world.happened(fault)
      void world.clock.sleep(fault.parameters.milliseconds as number).then(() => {
        if (!provider.isGone) provider.server.isReachable = true
        void provider.server.tendAll()
      })
      return undefined
    },
  },
  {
    name: 'crash-at-swap-write',
    says: 'The process dies when something of a swap is written, before or after it is applied.',
    plan: (random, frame) =>
      ofSwaps(frame, () => ({
        trigger: someTime(random, frame),
        parameters: {
          moment: pick(random, ['before', 'after']),
          nth: between(random, 1, 14),
          down: pick(random, [1000, 20_000, 200_000]),
        },
      })),
    strike(world, fault) {
      const { moment, down } = fault.parameters as { moment: string; down: number }
      let left = fault.parameters.nth as number
      const remove = world.steps.add(`storage.commit/${moment}`, ({ process, parameters }) => {
        if (world.isHealing || !isAboutSwaps(parameters[0]) || --left > 0) return undefined
        remove()
        world.happened(fault)
        world.places.find(({ name }) => name === process)?.kill(down)
        return { kill: true }
      })
      return undefined
    },
  },
  {
    name: 'crash-at-provider-call',
    says: 'The process dies around a question to a provider.',
    plan: (random, frame) =>
      ofSwaps(frame, () => ({
        trigger: someStep(
          random,
          frame,
          `swaps.${pick(random, ['create', 'requestClaimSignature', 'requestClaimSignature', 'status'])}/${pick(random, ['before', 'reply'])}`,
          2,
        ),
        parameters: { down: pick(random, [1000, 20_000, 200_000]) },
      })),
    strike(world, fault, step) {
      if (!step) return undefined
      world.happened(fault)
      world.places.find(({ name }) => name === step.process)?.kill(fault.parameters.down as number)
      return { kill: true }
    },
  },
  {
    name: 'provider-answer-lost',
    says: 'A provider does what it was asked, and its answer is lost or comes late.',
    plan: (random, frame) =>
      ofSwaps(frame, () => ({
        trigger: someStep(
          random,
          frame,
          `swaps.${pick(random, ['create', 'requestClaimSignature', 'quote', 'limits', 'status'])}/${pick(random, ['before', 'reply'])}`,
          2,
        ),
        parameters: { delay: pick(random, [0, 0, 8000, 90_000]) },
      })),
    strike(world, fault) {
      const delay = fault.parameters.delay as number
      world.happened(fault)
      return delay > 0
        ? { delayMilliseconds: delay }
        : { error: new Error('The connection broke (simulated).') }
    },
  },
  {
    name: 'swap-call-lost',
    says: 'For a while LND does what a swap asks of it, and its answers are lost, or it is not reached.',
    plan: (random, frame) =>
      ofSwaps(frame, () => ({
        trigger: someTime(random, frame),
        parameters: {
          step: pick(random, [
            'lightning.pay/before',
            'lightning.pay/effect',
            'lightning.trackPayment/effect',
            'lightning.chain.watchConfirmation/before',
            'lightning.chain.watchConfirmation/item',
            'lightning.chain.watchSpend/before',
            'lightning.chain.watchSpend/item',
            'lightning.onchain.publish/before',
            'lightning.onchain.publish/effect',
            'lightning.onchain.newAddress/effect',
          ]),
          milliseconds: pick(random, [20_000, 90_000, 300_000]),
        },
      })),
    strike(world, fault) {
      const { step, milliseconds } = fault.parameters as { step: string; milliseconds: number }
      const until = world.elapsed() + milliseconds
      const remove = world.steps.add(step, () => {
        if (world.elapsed() >= until) return undefined
        world.happened(fault)
        const outcome = step.endsWith('/before') ? 'none' : 'unknown'
        return { error: unavailable('unreachable', outcome, `${step}: lost (simulated)`) }
      })
      world.onHeal(remove)
      return undefined
    },
  },
  whileSwapping('lnd-down-while-swapping', 'LND goes away while money is with a provider.', {
    milliseconds: [5000, 60_000, 300_000],
    do(world, milliseconds) {
      world.shop.stop()
      void world.clock.sleep(milliseconds).then(() => world.shop.start())
    },
  }),
  whileSwapping('process-down-while-swapping', 'The process dies while money is with a provider.', {
    milliseconds: [1000, 60_000, 300_000],
    do: (world, milliseconds) => {
      for (const place of world.places) place.kill(milliseconds)
    },
  }),
  whileSwapping('swap-fee-spike', 'Blocks become dear while a lockup waits to be claimed.', {
    milliseconds: [30_000, 120_000, 400_000],
    do(world, milliseconds) {
      const calm = (): void => {
        world.feerate = 1
      }
      world.feerate = 60
      world.onHeal(calm)
      void world.clock.sleep(milliseconds).then(calm)
    },
  }),
  whileSwapping('swap-reorganized', 'Blocks give way to others while money is with a provider.', {
    milliseconds: [1, 2, 3, 5],
    do: (world, depth) => world.network.reorganize(depth),
  }),
  whileSwapping(
    'swap-claim-evicted',
    'The mempool forgets whatever waits while a swap is claimed.',
    {
      milliseconds: [1, 2, 4],
      do(world, times) {
        void (async () => {
          for (let count = 0; count < times && !world.isHealing; count++) {
            const [waiting] = world.network.waitingTransactions
            if (waiting) world.network.evict(waiting.id)
            await world.clock.sleep(4000)
          }
        })()
      },
    },
  ),
  whileSwapping(
    'timeout-comes-near',
    'Many blocks come at once, and the timeout of a swap is near.',
    {
      milliseconds: [20, 42, 43, 44, 45, 46, 60, 78],
      do: (world, blocks) => {
        // Not all at once: LND tells of each.
        void (async () => {
          for (let count = 0; count < blocks && !world.isHealing; count++) {
            world.network.mine()
            await world.clock.sleep(300)
          }
        })()
      },
    },
  ),
  whileSwapping(
    'halted-while-swapping',
    'The operator halts outgoing money while a swap is under way.',
    {
      milliseconds: [5000, 60_000, 200_000],
      do: (world, milliseconds) => {
        void (async () => {
          const halted = await ask(world, 'halt a swap', (node) => node.safety.halt('a swap'))
          if ('refused' in halted) return
          await world.clock.sleep(milliseconds)
          await resumeOutgoing(world, 'resume swaps', 'understood')
        })()
      },
    },
  ),
  whileSwapping(
    'process-paused-while-swapping',
    'The process stands still while money is with a provider.',
    {
      milliseconds: [5000, 60_000, 200_000],
      do: (world, milliseconds) => world.places[0]?.process?.pauseFor(milliseconds),
    },
  ),
]

/** States of a swap in which something may happen to it. */
const moments = [
  'created',
  'verified',
  'paying',
  'held',
  'lockup-seen',
  'lockup-confirmed',
  'lockup-confirmed',
  'preimage-revealed',
  'preimage-revealed',
  'claim-published',
  'claim-published',
] as const

/** Something that happens when a swap comes to a state. */
function whileSwapping(
  name: string,
  says: string,
  how: { readonly milliseconds: readonly number[]; do(world: World, milliseconds: number): void },
): FaultKind {
  return {
    name,
    says,
    plan: (random, frame) =>
      ofSwaps(frame, () => ({
        trigger: { at: 0 },
        parameters: {
          state: pick(random, moments),
          nth: between(random, 1, 3),
          after: pick(random, [0, 0, 30, 500, 5000]),
          milliseconds: pick(random, how.milliseconds),
        },
      })),
    strike(world, fault) {
      const { state, after, milliseconds } = fault.parameters as {
        state: string
        after: number
        milliseconds: number
      }
      let left = fault.parameters.nth as number
      const remove = world.steps.add('storage.commit/after', ({ parameters }) => {
        if (world.isHealing || !isTo(parameters[0], state) || --left > 0) return undefined
        remove()
        void world.clock.sleep(after).then(() => {
          if (world.isHealing) return
          world.happened(fault)
          how.do(world, milliseconds)
        })
        return undefined
      })
      return undefined
    },
  }
}

interface Written {
  readonly writes: readonly {
    readonly table: { readonly name: string }
    readonly op: string
    readonly row?: MirrorRow
    readonly set?: MirrorRow
  }[]
}

function isAboutSwaps(change: unknown): boolean {
  const { writes } = change as Written
  return writes.some(({ table, op }) => table.name === 'swaps' && op !== 'require')
}

function isTo(change: unknown, state: string): boolean {
  const { writes } = change as Written
  return writes.some(
    ({ table, row, set }) => table.name === 'swaps' && (set ?? row)?.state === state,
  )
}

/** A provider that cheats in one of these ways, once or always. */
function hostile(name: string, says: string, among: readonly BoltzFault[]): FaultKind {
  return {
    name,
    says,
    plan: (random, frame) =>
      ofSwaps(frame, () => ({
        trigger: random.integer(4) === 0 ? someTime(random, frame) : { at: 0 },
        parameters: {
          provider: random.integer(3),
          fault: pick(random, among),
          times: pick(random, [1, 1, 2, 1000]),
        },
      })),
    strike: (world, fault) => cheat(world, fault, fault.parameters.fault as BoltzFault),
  }
}

/** Turns a switch of one provider, or of both, and tells when it was struck. */
function cheat(
  world: World,
  fault: Fault,
  way: BoltzFault,
  struck: (provider: MarketProvider) => void = () => undefined,
): undefined {
  const { provider: position, times } = fault.parameters as { provider: number; times?: number }
  for (const [at, provider] of (world.market?.providers ?? []).entries()) {
    if (position < 2 && at !== position) continue
    const { faults } = provider.server
    faults.add(way, times === undefined ? {} : { times })
    const before = faults.struck.length
    void (async () => {
      while (!world.isHealing && !world.violation) {
        if (faults.struck.slice(before).includes(way)) {
          struck(provider)
          return world.happened(fault)
        }
        await world.clock.sleep(4000, undefined, true)
      }
    })()
  }
  return undefined
}

function providerOf(world: World, fault: Fault): MarketProvider | undefined {
  return world.market?.providers[(fault.parameters.provider as number) % 2]
}

function ofSwaps(
  { features }: PlanFrame,
  plan: () => Omit<Fault, 'kind'>,
): Omit<Fault, 'kind'> | undefined {
  return usesSwaps(features) ? plan() : undefined
}

/** Some more of them for a run with swaps; chance of its own, so that everything else stays. */
export function planSwapFaults(random: SeededRandom, frame: PlanFrame): Fault[] {
  if (!usesSwaps(frame.features)) return []
  return planOwnFaults(random, frame, 'swap', swapFaults)
}
