import type { SeededRandom } from '../../network/seeded-random.ts'
import { type Behaviour, mannersOf } from '../manners.ts'
import { codeOf, type World } from '../world.ts'
import { pick, someTime } from './choose.ts'
import type { Fault, FaultKind, PlanFrame } from './fault.ts'

/** Payees and channel peers that behave badly. */
export const peerFaults: readonly FaultKind[] = [
  payee('payee-holds', 'A payee keeps the payment for a while and then takes it.', (random) => ({
    behaviour: 'hold-and-take',
    milliseconds: pick(random, [3000, 20_000, 90_000]),
  })),
  payee(
    'payee-takes-after-expiry',
    'A payee keeps the payment until long after the invoice has expired, and then takes it.',
    (random) => ({
      behaviour: 'hold-and-take',
      milliseconds: pick(random, [200_000, 700_000, 900_000]),
    }),
  ),
  payee(
    'payee-fails-at-the-end',
    'A payee keeps the payment for long and sends it back in the end.',
    (random) => ({
      behaviour: 'hold-and-refuse',
      milliseconds: pick(random, [20_000, 200_000, 700_000]),
    }),
  ),
  payee('payee-refuses', 'A payee refuses the payment of his own invoice.', () => ({
    behaviour: 'refuse',
    milliseconds: 0,
  })),
  {
    name: 'peer-offline',
    says: 'A peer is away for a while, with whatever is in flight through it.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        peer: pick(random, ['payer', 'hub', 'payee', 'hostile']),
        milliseconds: pick(random, [2000, 40_000, 300_000]),
      },
    }),
    strike(world, fault) {
      const peer = peerOf(world, fault)
      if (peer.lifecycle !== 'running') return undefined
      peer.stop()
      world.happened(fault)
      void world.clock.sleep(fault.parameters.milliseconds as number).then(() => peer.start())
      return undefined
    },
  },
  close('peer-closes', 'A peer closes its channel with us cooperatively.', 'cooperative'),
  close('peer-force-closes', 'A peer closes its channel with us by force.', 'force'),
]

function payee(
  name: string,
  says: string,
  choose: (random: SeededRandom) => {
    readonly behaviour: Behaviour['kind']
    readonly milliseconds: number
  },
): FaultKind {
  return {
    name,
    says,
    plan(random: SeededRandom, { payouts }: PlanFrame) {
      if (payouts.length === 0) return undefined
      return {
        trigger: { at: 0 },
        parameters: { payout: pick(random, payouts), ...choose(random) },
      }
    },
    strike(world, fault) {
      const { payout, behaviour, milliseconds } = fault.parameters as {
        payout: string
        behaviour: Behaviour['kind']
        milliseconds: number
      }
      mannersOf(world).payees.set(payout, {
        behaviour: { kind: behaviour, milliseconds },
        done: () => world.happened(fault),
      })
      return undefined
    },
  }
}

function close(name: string, says: string, kind: 'cooperative' | 'force'): FaultKind {
  return {
    name,
    says,
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { peer: pick(random, ['hub', 'hostile', 'payer']) },
    }),
    strike(world, fault) {
      const peer = fault.parameters.peer as 'hub' | 'hostile' | 'payer'
      try {
        world.peers[peer].closeChannel(world.channels[peer], { kind })
      } catch (error) {
        world.trace.write(`${peer} cannot close: ${codeOf(error)}`)
        return undefined
      }
      world.happened(fault)
      return undefined
    },
  }
}

function peerOf(world: World, fault: Fault) {
  return world.peers[fault.parameters.peer as 'payer' | 'hub' | 'payee' | 'hostile']
}
