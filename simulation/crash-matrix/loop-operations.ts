import type { Swap } from '@payment-node/core'
import type { World } from '@payment-node/testkit'
import { daemonPrices, type LoopDaemon, lateDaemon } from './loop-daemon.ts'
import { eventually, must, type Operation, rows } from './operation.ts'
import { assets, bury, hasEnded, judgeBooks, swapRow } from './swap-facts.ts'

/** A swap of a daemon. A death between the intent and the call to it leaves what an operator has to give up. */
interface Way {
  readonly name: string
  readonly says: string
  readonly isCutOff?: boolean
  /** What the daemon does when it has the swap. */
  act(daemon: LoopDaemon): void
  /** How it ends when the daemon had it. */
  readonly end: 'completed' | 'failed'
  /** What that costs, without routing, by account. */
  readonly costs: Readonly<Record<string, bigint>>
}

const ways: readonly Way[] = [
  {
    name: 'swap by a daemon',
    says: 'loopd is asked for a swap, pays with our LND, and sweeps: it is followed and booked, once.',
    act: (daemon) => daemon.complete(),
    end: 'completed',
    costs: { 'world/swap-fees': daemonPrices.service, 'world/onchain-fees': daemonPrices.miner },
  },
  {
    name: 'prepayment is lost',
    says: 'loopd fails after its prepayment: that is booked as lost, and the daemon is not asked again.',
    act: (daemon) => daemon.fail(),
    end: 'failed',
    costs: { 'world/swap-prepay': daemonPrices.prepay },
  },
  {
    name: 'swaps.giveUp',
    says: 'Nobody can say whether loopd has started it: it waits for the operator, who gives it up.',
    isCutOff: true,
    act: () => undefined,
    end: 'failed',
    costs: {},
  },
]

async function request(world: World): Promise<void> {
  await must(world, 'swap', (node) =>
    node.swaps.request({ amount: '1000000 sat' }, { idempotencyKey: 'swap-1' }),
  )
}

/** The operator gives up what the daemon never had. */
async function giveUp(world: World): Promise<void> {
  await must(world, 'give up', async (node) => {
    const [{ id, state }] = (await node.swaps.list()).items as [Swap]
    if (state === 'needs-operator') await node.swaps.giveUp(id, 'drill')
  })
}

function operationOf({ name, says, isCutOff = false, act, end, costs }: Way): Operation {
  const daemon = lateDaemon({ isCutOff })
  let [before, after] = [0n, 0n]
  return {
    name,
    says,
    node: { ...daemon.options, transactions: { confirmations: 1 } },
    furnish: (world) => daemon.open(world),
    async prepare(world) {
      // The wallet's transactions are booked from the first block on.
      world.network.mine(1)
      await world.clock.sleep(30_000)
      before = await assets(world)
      if (!isCutOff) return
      // It is looked for in the daemon's list for a long time, which is not of interest here.
      await request(world)
      await eventually(world, () => swapRow(world).state === 'needs-operator')
    },
    async run(world) {
      await request(world)
      let hasActed = false
      while (!hasEnded(world) && !world.violation) {
        await world.clock.sleep(1000)
        if (daemon.swaps.length > 0 && !hasActed && daemon.arePaymentsHeld()) {
          hasActed = true
          act(daemon)
        }
        if (swapRow(world).state === 'needs-operator') await giveUp(world)
      }
    },
    async settle(world) {
      // What is swept to the wallet is booked when it is buried.
      await bury(world, 8)
      after = await assets(world)
    },
    check(world) {
      const found = rows(world, 'swaps')
      if (found.length !== 1) return `${found.length} swaps`
      if (daemon.swaps.length > 1) return `the daemon has ${daemon.swaps.length} swaps`
      const [{ state, reason }] = found as [Readonly<Record<string, unknown>>]
      const isStarted = daemon.swaps.length === 1
      const expected = isStarted ? end : 'failed'
      if (state !== expected) return `it is ${state} (${reason}), not ${expected}`
      if (!isStarted && reason !== 'given-up') return `it failed: ${reason}`
      return judgeBooks(world, before - after, isStarted ? costs : {})
    },
  }
}

/** What happens to swaps that a daemon makes. */
export const loopOperations: readonly Operation[] = ways.map(operationOf)
