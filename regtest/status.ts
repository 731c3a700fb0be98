import { attachNetwork } from './network.ts'
import { isRunning } from './process-identity.ts'
import { readRunningNetwork } from './running-network-file.ts'

/** One program of the network that `up` left running. */
export interface PartStatus {
  readonly name: string
  readonly pid: number
  readonly running: boolean
  /** Height of the best block it knows. */
  readonly height?: number
  readonly syncedToChain?: boolean
  readonly activeChannels?: number
  /** Why it does not answer. */
  readonly error?: string
}

/** Asks every program of the network; undefined when there is no network. */
export async function status(): Promise<readonly PartStatus[] | undefined> {
  const noted = readRunningNetwork()
  if (noted === undefined) return undefined
  const network = attachNetwork(noted.network)
  const parts = await Promise.all(
    noted.processes.map(async ({ name, identity }): Promise<PartStatus> => {
      const known = { name, pid: identity.pid, running: isRunning(identity) }
      if (!known.running) return known
      try {
        if (name === 'btcd') return { ...known, height: await network.chain.height() }
        const info = await network.node(name).info()
        return {
          ...known,
          height: info.block_height,
          syncedToChain: info.synced_to_chain,
          activeChannels: info.num_active_channels,
        }
      } catch (error) {
        return { ...known, error: String(error) }
      }
    }),
  )
  await network.remove()
  return parts
}
