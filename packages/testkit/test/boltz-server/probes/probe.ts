import type { BoltzFault } from '../../../src/boltz-server/index.ts'
import type { World } from '../simulated-world.ts'

/** Shows what a fault does: passes with it, and fails with an honest server. */
export type Probe = (world: World) => Promise<void>

export type Probes = Partial<Record<BoltzFault, Probe>>
