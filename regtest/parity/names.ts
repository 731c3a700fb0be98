import type { Actor } from './actor.ts'
import type { Observation } from './observe-node.ts'

/** Words for what has another identity in each world. */
export interface Names {
  /** `tested`, `peer`, `payee`, `channel 1`, …; the text itself when it names nothing. */
  of(text: string): string
  readonly baseHeight: number
  /** Learns the short channel ids, which come only with a channel's confirmation. */
  learn(observation: Observation): void
}

/** The words of one world. */
export function createNames(actor: Actor): Names {
  const { world, channels } = actor
  const known = new Map<string, string>()
  for (const [party, publicKey] of Object.entries(world.publicKeys)) known.set(publicKey, party)
  const nameOfChannel = (channelPoint: string): string | undefined => {
    const position = channels.indexOf(channelPoint)
    return position < 0 ? undefined : `channel ${position + 1}`
  }
  return {
    of: (text) => known.get(text) ?? nameOfChannel(text) ?? text,
    baseHeight: world.baseHeight,
    learn({ channels: listed }) {
      if (!Array.isArray(listed)) return
      for (const { channelId, channelPoint } of listed) {
        const name = nameOfChannel(channelPoint)
        if (name) known.set(channelId, name)
      }
    },
  }
}
