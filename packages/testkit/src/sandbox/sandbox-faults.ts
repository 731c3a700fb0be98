import type { SimulatedNetwork } from '../network/simulated-network.ts'
import type { SimulatedNode } from '../network/simulated-node.ts'

/** What can go wrong in a sandbox; {@link SandboxFaults.list} says what each does. */
export type SandboxFault =
  | 'lnd-down'
  | 'lnd-locked'
  | 'lnd-not-synced'
  | 'lnd-restarts'
  | 'lnd-slow'
  | 'streams-cut'
  | 'invoice-reply-lost'
  | 'payment-refused'
  | 'payment-reply-lost'
  | 'payee-unreachable'
  | 'chain-fees-high'

/** Lets things go wrong, and puts them right. */
export interface SandboxFaults {
  /** Every fault, and what it does. */
  readonly list: Readonly<Record<SandboxFault, string>>
  /** From now on; throws a RangeError for a name that is none. */
  strike(fault: SandboxFault): void
  /** Puts everything right. */
  clear(): void
}

/** A fault in words and in deed. */
interface Deed {
  readonly says: string
  strike(world: FaultyWorld): void
  clear?(world: FaultyWorld): void
}

interface FaultyWorld {
  readonly network: SimulatedNetwork
  readonly lnd: SimulatedNode
  readonly payee: SimulatedNode
}

const deeds: Readonly<Record<SandboxFault, Deed>> = {
  'lnd-down': {
    says: 'LND is not there, until it is cleared',
    strike: ({ lnd }) => lnd.stop(),
    clear: ({ lnd }) => lnd.start(),
  },
  'lnd-locked': {
    says: 'LND runs with its wallet locked, until it is cleared',
    strike: ({ lnd }) => lnd.lock(),
    clear: ({ lnd }) => lnd.unlock(),
  },
  'lnd-not-synced': {
    says: 'LND is behind the chain, until it is cleared',
    strike: ({ lnd }) => lnd.setSynced(false),
    clear: ({ lnd }) => lnd.setSynced(true),
  },
  'lnd-restarts': { says: 'LND is restarted once', strike: ({ lnd }) => lnd.restart() },
  'lnd-slow': {
    says: 'every call of LND takes five seconds more, until it is cleared',
    strike: ({ lnd }) =>
      void lnd.faults.add(({ moment }) =>
        moment === 'before-effect' ? { delayMilliseconds: 5000 } : undefined,
      ),
  },
  'streams-cut': {
    says: "LND's streams break off once",
    strike: ({ lnd }) => lnd.faults.cutStreams(),
  },
  'invoice-reply-lost': {
    says: 'the next invoice is made, and LND’s answer is lost',
    strike: ({ lnd }) => lnd.faults.once('createInvoice', 'after-effect', { outcome: 'unknown' }),
  },
  'payment-refused': {
    says: 'LND does not take the next payment at the first try',
    strike: ({ lnd }) => lnd.faults.once('pay', 'before-effect', { outcome: 'none' }),
  },
  'payment-reply-lost': {
    says: 'the next payment is sent, and LND’s answer is lost',
    strike: ({ lnd }) => lnd.faults.once('pay', 'after-effect', { outcome: 'unknown' }),
  },
  'payee-unreachable': {
    says: 'nobody reaches the payee, until it is cleared',
    strike: ({ payee }) => payee.setReachable(false),
    clear: ({ payee }) => payee.setReachable(true),
  },
  'chain-fees-high': {
    says: 'the next block asks 500 sat/vB, until it is cleared',
    strike: ({ network }) => network.setFeerate(500),
    clear: ({ network }) => network.setFeerate(calmFeerate),
  },
}

/** sat/vB that a block asks when nothing is wrong. */
export const calmFeerate = 2

/** The faults of one sandbox. */
export function createSandboxFaults(world: FaultyWorld): SandboxFaults {
  const struck = new Set<SandboxFault>()
  const list = Object.fromEntries(Object.entries(deeds).map(([name, { says }]) => [name, says]))
  return {
    list: list as Record<SandboxFault, string>,
    strike(fault) {
      const deed = Object.hasOwn(deeds, fault) ? deeds[fault] : undefined
      if (deed === undefined) {
        const known = Object.keys(deeds).join(', ')
        throw new RangeError(`There is no fault ${JSON.stringify(fault)}; there are: ${known}`)
      }
      struck.add(fault)
      deed.strike(world)
    },
    clear() {
      world.lnd.faults.clear()
      for (const fault of struck) deeds[fault].clear?.(world)
      struck.clear()
    },
  }
}
