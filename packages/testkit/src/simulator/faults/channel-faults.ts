import { unavailable } from '../../network/node-errors.ts'
import type { PeerConduct } from '../../network/peer-conduct.ts'
import { pick, someStep, someTime } from './choose.ts'
import type { FaultKind } from './fault.ts'

const calls = ['connect', 'open', 'open', 'open', 'close'] as const

/** What can go wrong with channels that are being opened and closed. */
export const channelFaults: readonly FaultKind[] = [
  {
    name: 'crash-while-opening',
    says: 'The process dies around a call that opens or closes a channel.',
    plan: (random, frame) =>
      frame.hasKeeper
        ? {
            trigger: someStep(
              random,
              frame,
              `lightning.opener.${pick(random, calls)}/${pick(random, ['before', 'effect', 'reply'])}`,
              2,
            ),
            parameters: { down: pick(random, [1000, 20_000, 90_000]) },
          }
        : undefined,
    strike(world, fault, step) {
      if (!step) return undefined
      world.happened(fault)
      world.places.find(({ name }) => name === step.process)?.kill(fault.parameters.down as number)
      return { kill: true }
    },
  },
  {
    name: 'opening-reply-lost',
    says: 'LND opens or closes a channel, and its answer is lost.',
    plan: (random, frame) =>
      frame.hasKeeper
        ? {
            trigger: someStep(random, frame, `lightning.opener.${pick(random, calls)}/effect`, 2),
            parameters: {},
          }
        : undefined,
    strike(world, fault, step) {
      world.happened(fault)
      return { error: unavailable('unreachable', 'unknown', `${step?.name}: lost (simulated)`) }
    },
  },
  conduct('peer-refuses-channels', 'Listed peers refuse every channel for a while.', {
    refusesChannels: 'no more channels',
  }),
  conduct('peer-wants-large-channels', 'Listed peers take large channels only for a while.', {
    minimumChannelSat: 5_000_000n,
  }),
  conduct('peer-never-answers', 'Listed peers answer no opening for a while.', {
    neverAnswers: 'open_channel',
  }),
  conduct(
    'peer-forgets-to-answer',
    'Listed peers take the funding into their books and never answer, for a while.',
    { neverAnswers: 'funding_created' },
  ),
  conduct('peer-closes-at-once', 'Listed peers close each channel when it becomes active.', {
    closesOnceActive: 'cooperative',
  }),
  conduct('peer-forces-at-once', 'Listed peers close by force when a channel becomes active.', {
    closesOnceActive: 'force',
  }),
  {
    name: 'listed-peer-offline',
    says: 'A listed peer is away for a while.',
    plan: (random, frame) =>
      frame.hasKeeper
        ? {
            trigger: someTime(random, frame),
            parameters: {
              position: random.integer(4),
              milliseconds: pick(random, [5000, 60_000, 300_000]),
            },
          }
        : undefined,
    strike(world, fault) {
      const peer = world.listed[fault.parameters.position as number]
      if (peer?.lifecycle !== 'running') return undefined
      peer.stop()
      world.happened(fault)
      void world.clock.sleep(fault.parameters.milliseconds as number).then(() => peer.start())
      return undefined
    },
  },
]

/** The conduct of the first two listed peers, who are asked first. */
function conduct(name: string, says: string, badly: PeerConduct): FaultKind {
  return {
    name,
    says,
    plan: (random, frame) =>
      frame.hasKeeper
        ? {
            trigger: { at: pick(random, [0, random.integer(frame.horizon)]) },
            parameters: { milliseconds: pick(random, [100_000, 1_000_000]) },
          }
        : undefined,
    strike(world, fault) {
      const peers = world.listed.slice(0, 2)
      const behave = (): void => {
        for (const peer of peers) peer.setConduct({})
      }
      for (const peer of peers) peer.setConduct(badly)
      if (peers.length > 0) world.happened(fault)
      void world.clock.sleep(fault.parameters.milliseconds as number).then(behave)
      return undefined
    },
  }
}
