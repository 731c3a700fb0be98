import type { PaymentNodeOptions, Swap, SwapState } from '@payment-node/core'
import type { World } from '@payment-node/testkit'
import type { BoltzFault, BoltzSettings } from '@payment-node/testkit/boltz-server'
import { eventually, must, type Operation, rows } from './operation.ts'
import { assets, bury, hasEnded, judgeBooks, mineUntil, swapRow } from './swap-facts.ts'
import { lateServer, type SwapServer } from './swap-server.ts'

const amountSat = 1_000_000n
/** Blocks after which a claim is taken for good. */
const options: Partial<PaymentNodeOptions> = { transactions: { confirmations: 1 } }

type SwapEnd = Extract<SwapState, 'claimed' | 'failed-unpaid' | 'returned' | 'lost'>

/** One way for a swap to go. */
interface Way {
  readonly name: string
  readonly says: string
  readonly faults?: readonly BoltzFault[]
  readonly settings?: Partial<BoltzSettings>
  readonly node?: Partial<PaymentNodeOptions>
  /** How it ends; by a death between the question to the provider and its answer also unpaid. */
  readonly end: SwapEnd
  /** How far it is when deaths begin: what came before is an operation of its own. Left out: not asked for yet. */
  begin?(world: World, server: SwapServer): Promise<void>
  /** Instead of one block every two seconds until it has ended. */
  follow?(world: World, server: SwapServer): Promise<void>
  /** What is wrong besides. */
  check?(world: World, server: SwapServer): string | undefined
}

async function request(world: World): Promise<void> {
  await must(world, 'swap', (node) =>
    node.swaps.request({ amount: `${amountSat} sat` }, { idempotencyKey: 'swap-1' }),
  )
}

/** A death between the question and its answer: the provider is never asked for the same hash again. */
function wasCutOff({ state, reason, terms }: Readonly<Record<string, unknown>>): boolean {
  return state === 'failed-unpaid' && reason === 'provider-unknown' && terms === null
}

function operationOf(way: Way): Operation {
  const { name, says, faults, settings, end, begin, follow, check } = way
  const late = lateServer(faults, settings)
  let [before, after] = [0n, 0n]
  return {
    name,
    says,
    node: { ...options, ...late.options, ...way.node },
    furnish: (world) => late.open(world),
    async prepare(world) {
      before = await assets(world)
      if (!begin) return
      await request(world)
      await begin(world, late)
    },
    async run(world) {
      if (!begin) await request(world)
      await (follow ?? ((made) => mineUntil(made, () => hasEnded(made))))(world, late)
    },
    async settle(world) {
      await bury(world)
      after = await assets(world)
    },
    check(world) {
      const found = rows(world, 'swaps')
      if (found.length !== 1) return `${found.length} swaps`
      const [swap] = found as [Readonly<Record<string, unknown>>]
      const payment = world.shop.findPayment(swap.payment_hash as string)?.state
      const isCutOff = begin === undefined && wasCutOff(swap)
      if (swap.state !== end && !isCutOff) return `it is ${swap.state} (${swap.reason}), not ${end}`
      const isPaid = payment === 'succeeded'
      if (isPaid !== (swap.state === 'claimed' || swap.state === 'lost'))
        return `it is ${swap.state}, and its payment ${payment}`
      if (!isPaid && swap.revealed_at !== null) return 'its preimage was revealed for nothing'
      if (late.server.swaps().length > 1)
        return `the provider has ${late.server.swaps().length} swaps`
      const wrong = judgeBooks(world, before - after) ?? judgeClaims(world, swap)
      return wrong ?? (isCutOff ? undefined : check?.(world, late))
    },
  }
}

/** What the chain has of its lockup was stored before; one of the claims, or somebody else's. */
function judgeClaims(world: World, swap: Readonly<Record<string, unknown>>): string | undefined {
  const claims = rows(world, 'swap_claims')
  const outpoint = swap.lockup_outpoint as string | null
  const spending = outpoint === null ? undefined : world.network.findSpending(outpoint)
  const isOurs = claims.some((claim) => claim.transaction_id === spending?.transactionId)
  if (isOurs !== (swap.state === 'claimed'))
    return `it is ${swap.state}, its claim ${isOurs ? 'is' : 'is not'} in the chain`
  if (swap.state !== 'claimed') return undefined
  const [taken] = claims.filter(({ confirmed_height }) => confirmed_height !== null)
  if (taken?.transaction_id !== spending?.transactionId)
    return 'the books have another claim than the chain'
  return taken?.fee_msat === swap.claim_fee_msat
    ? undefined
    : 'the fee booked is not that of its claim'
}

/** By which path it was claimed. */
const claimedBy =
  (path: 'cooperative' | 'script') =>
  (world: World): string | undefined => {
    const [taken] = rows(world, 'swap_claims').filter(
      ({ confirmed_height }) => confirmed_height !== null,
    )
    return taken?.path === path ? undefined : `it was claimed by ${taken?.path}`
  }

const ways: readonly Way[] = [
  {
    name: 'swaps.request',
    says: 'Terms are stored and verified, the provider is paid and locks up, the preimage is revealed, it is claimed together; asked about and cut off, it ends unpaid.',
    end: 'claimed',
  },
  {
    name: 'swap by script',
    says: 'The provider is gone when the preimage is revealed: the stored claim needs nobody.',
    faults: ['vanishes-after-lockup'],
    end: 'claimed',
    begin: (world) => eventually(world, () => isHeld(world)),
    check: claimedBy('script'),
  },
  {
    name: 'swap without a lockup',
    says: 'The provider holds the payment and locks nothing up: it comes back, and nothing was revealed.',
    faults: ['lockup-never'],
    settings: { timeoutBlocks: 80 },
    end: 'returned',
    begin: (world) => eventually(world, () => isHeld(world)),
    follow: (world) => mineUntil(world, () => hasEnded(world), 20),
  },
  {
    name: 'swap with false terms',
    says: 'What the provider answers does not hold: nothing is paid, and it is not asked again.',
    faults: ['claim-leaf-other-key'],
    end: 'failed-unpaid',
    check: (world) => {
      const [provider] = rows(world, 'swap_providers')
      return provider?.disabled_reason ? undefined : 'the provider is not disabled'
    },
  },
  {
    name: 'claim is replaced',
    says: 'No block takes the claim, fees have risen: a dearer one is stored, then published.',
    end: 'claimed',
    async begin(world) {
      await mineUntil(world, () => swapRow(world).lockup_height != null)
      await eventually(world, () => swapRow(world).state === 'claim-published')
    },
    async follow(world) {
      world.feerate = 8
      await mineUntil(world, () => rows(world, 'swap_claims').length > 2)
      world.feerate = 1
      await mineUntil(world, () => hasEnded(world))
    },
    check: (world) =>
      rows(world, 'swap_claims').length > 2 ? undefined : 'its claim was not replaced',
  },
  {
    name: 'swaps.raiseLimits',
    says: 'The chain is dearer than the claim may be, and nothing is revealed; the operator allows more.',
    node: { swapping: { claimCeiling: 2 } },
    faults: ['lockup-never'],
    end: 'claimed',
    async begin(world) {
      await eventually(world, () => isHeld(world))
      world.feerate = 10
      // A feerate that was read is kept for half a minute.
      await world.clock.sleep(40_000)
    },
    async follow(world, { server }) {
      server.faults.clear()
      await server.tendAll()
      await mineUntil(world, () => swapRow(world).reason === 'claim-above-limit')
      await must(world, 'raise', async (node) => {
        const [{ id, limits }] = (await node.swaps.list()).items as [Swap]
        if (limits.claim!.msat < raisedMsat)
          await node.swaps.raiseLimits(id, { claim: `${raisedMsat} msat` })
      })
      await mineUntil(world, () => hasEnded(world))
    },
    check: (world) =>
      swapRow(world).claim_limit_msat === raisedMsat ? undefined : 'its limit was not raised',
  },
  {
    name: 'swap is lost',
    says: 'The preimage is revealed, the provider has the payment, and somebody else has the lockup: it is told and booked as lost.',
    end: 'lost',
    begin: (world) => eventually(world, () => isHeld(world)),
    async follow(world, late) {
      await untilRevealed(world, late)
      await takeLockup(world, late)
      await mineUntil(world, () => hasEnded(world))
    },
  },
]

const raisedMsat = 5_000_000n

/** The provider holds the payment, or more. */
function isHeld(world: World): boolean {
  return !['created', 'verified', 'paying', undefined].includes(swapRow(world).state as string)
}

/** The provider has been told the preimage, and nothing is published yet. */
async function untilRevealed(world: World, { server }: SwapServer): Promise<void> {
  const isRevealed = (): boolean => server.swaps()[0]?.isSettled === true
  for (let looks = 1; !isRevealed() && !world.violation; looks++) {
    await world.clock.sleep(10)
    if (looks % 200 === 0) world.network.mine(1)
  }
}

/** Somebody spends the lockup, in a block at once. */
async function takeLockup(world: World, { server, chain }: SwapServer): Promise<void> {
  const [claim] = rows(world, 'swap_claims')
  const rivalOf = Buffer.from(claim!.raw as Uint8Array).toString('hex')
  const { amountSat } = server.swaps()[0]!.lockup!
  const output = { script: await chain.walletScript(), amountSat }
  await chain.replace(await chain.makePayment([output], { rivalOf }))
}

/** What happens to swaps with a provider of Boltz's API. */
export const swapOperations: readonly Operation[] = ways.map(operationOf)
