import { sideOf } from './channel.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/**
 * What LND keeps on chain to bump force closes: 10 000 sat for each public anchor channel, also
 * `additional` planned ones, at most 100 000 sat.
 */
export function anchorReserveSat(simulation: Simulation, node: NodeState, additional = 0n): bigint {
  let count = additional
  for (const channel of simulation.channels.values()) {
    const side = sideOf(channel, node)
    if (side === undefined || channel.isPrivate || channel.commitmentType === 'legacy') continue
    if (channel.views[side].list !== 'closed') count++
  }
  const reserve = count * 10_000n
  return reserve > 100_000n ? 100_000n : reserve
}
