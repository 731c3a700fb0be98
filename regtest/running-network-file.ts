import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheFolder } from './build-binaries.ts'
import type { NetworkDetails } from './network.ts'
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts'

/** The network that `regtest up` left running. */
export interface RunningNetworkFile {
  readonly network: NetworkDetails
  /** btcd and every lnd, so that a process id that was given to another program is noticed. */
  readonly processes: readonly NamedProcess[]
}

/** One of the programs of the network. */
export interface NamedProcess {
  /** `btcd` or the alias of a node. */
  readonly name: string
  readonly identity: ProcessIdentity
  /** Removed by `down`. */
  readonly folder: string
}

/** Where the running network is noted. */
function runningNetworkPath(): string {
  return join(cacheFolder(), 'running-network.json')
}

/** Notes a network that will outlive this process. Only its owner may read it: it has a password. */
export function writeRunningNetwork(network: NetworkDetails): void {
  const parts = [
    { name: 'btcd', ...network.chain },
    ...network.nodes.map((node) => ({ name: node.alias, ...node })),
  ]
  const processes = parts.map(({ name, pid, folder }) => {
    const identity = identifyProcess(pid)
    if (identity === undefined) throw new Error(`${name} (process ${pid}) is gone already`)
    return { name, identity, folder }
  })
  mkdirSync(dirname(runningNetworkPath()), { recursive: true })
  const file: RunningNetworkFile = { network, processes }
  writeFileSync(runningNetworkPath(), JSON.stringify(file, undefined, 2), { mode: 0o600 })
}

/** The noted network, whether or not its processes still run. */
export function readRunningNetwork(): RunningNetworkFile | undefined {
  const path = runningNetworkPath()
  if (!existsSync(path)) return undefined
  return JSON.parse(readFileSync(path, 'utf8')) as RunningNetworkFile
}

/** Forgets the noted network. */
export function removeRunningNetwork(): void {
  rmSync(runningNetworkPath(), { force: true })
}

/** The processes of the noted network that still run. */
export function stillRunning(file: RunningNetworkFile): readonly NamedProcess[] {
  return file.processes.filter(({ identity }) => isRunning(identity))
}
