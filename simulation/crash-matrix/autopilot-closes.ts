import { actedOn, adopt, letAct } from './autopilot-facts.ts'
import { invoice, withPartner } from './merchant.ts'
import { eventually, type Operation, rows } from './operation.ts'
import { booked, mineUntil } from './swap-facts.ts'

const capacitySat = 3_000_000n

/** A peer that had nearly all of a channel has paid it back. */
export const autopilotCloses: Operation = operation()

function operation(): Operation {
  let point = ''
  return {
    name: 'autopilot closes a channel',
    says: 'Inbound is low, and nobody swaps: a channel in which everything is on our side is closed, once, and charged at what it costs.',
    node: {
      liquidity: {
        mode: 'act',
        settlePeriod: 0,
        every: '10s',
        drainAtOnce: false,
        // Three fifths can be received; two thirds when it is closed.
        lowInbound: 620_000,
        hysteresis: 10_000,
        outboundShare: 320_000,
      },
    },
    furnish({ network, shop, peers }) {
      const pushSat = capacitySat - 100_000n
      point = network.establishChannel({ from: shop, to: peers.island, capacitySat, pushSat })
    },
    async prepare(world) {
      await adopt(world, point)
      await eventually(world, () => rows(world, 'drained_channels').length === 1)
      await withPartner(world)
      await world.peers.island.pay(await invoice(world, 'deposit', { amountSat: 2_850_000 }))
      await eventually(world, () => rows(world, 'invoices', { state: 'settled' }).length === 1)
    },
    async run(world) {
      await letAct(world)
      const isCharged = () =>
        rows(world, 'close_intents', { state: 'closed', worst_cost_msat: null })
      await mineUntil(world, () => isCharged().length > 0)
    },
    check(world) {
      const [intent, ...more] = rows(world, 'close_intents')
      if (!intent || more.length > 0) return `${more.length} more closes than one`
      if (intent.channel_point !== point || intent.is_force) return 'not the close that it must be'
      if (!actedOn(world).includes(intent.decision)) return 'no run says why it was closed'
      const intended = world.books.events.filter(({ type }) => type === 'channel.close-intended')
      if (intended.length !== 1) return `told ${intended.length} times that it is closed`
      const cost = booked(world, 'world/onchain-fees')
      if (cost <= 0n) return `it cost ${cost} msat`
      const budgets = rows(world, 'liquidity_budgets').map(({ spent_msat }) => spent_msat)
      if (budgets.join() !== String(cost)) return `the budget has ${budgets}, it cost ${cost}`
      if (rows(world, 'peer_marks').length > 0) return 'a peer is blamed'
      return rows(world, 'safety').some((guard) => guard.is_halted) ? 'it is halted' : undefined
    },
  }
}
