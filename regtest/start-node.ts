import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildBinaries, type LndVersion } from './build-binaries.ts'
import type { Chain } from './chain.ts'
import { findFreePort } from './free-port.ts'
import { controlNode, type NodeDetails, type RegtestNode } from './node-controls.ts'
import { readTail } from './read-tail.ts'
import { type Report, reportToStandardError } from './report-progress.ts'
import {
  type GuardedProcess,
  makeGuardedFolder,
  releaseFolder,
  removeGuardedFolder,
  spawnGuarded,
} from './spawn-guarded.ts'
import { waitUntil } from './wait-until.ts'

/** A node whose lnd this process started. */
export interface RunningNode extends RegtestNode, AsyncDisposable {
  /** Whether its lnd process is there. */
  isRunning(): boolean
  /** Asks LND to stop and waits until it did (SIGINT, as an operator's service manager does). */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /**
   * Starts a stopped or killed node again: same folder, same ports; `flags` replace the extra flags.
   * A node without password is active afterwards, one with a password is LOCKED.
   */
  start(flags?: readonly string[]): Promise<void>
  /** `stop` and `start`. */
  restart(flags?: readonly string[]): Promise<void>
  /** Ends lnd and removes its folder. */
  remove(): Promise<void>
  /** Lets lnd run on after this process. */
  release(): Promise<void>
}

/** Which node to start. */
export interface NodeOptions {
  chain: Chain
  alias: string
  /** Extra flags for lnd; the last one of a name counts, so these override the harness's own. */
  flags?: readonly string[]
  /** Which LND line; default 0.21. */
  version?: LndVersion
  /**
   * Gives the wallet a password. The node is then returned LOCKED (`unlock()`), as an operator's
   * node is after a reboot. Without a password LND runs with `--noseedbackup`.
   */
  password?: string
  report?: Report
}

/** Starts an lnd in a folder of its own and waits until it is active (with a password: LOCKED). */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const version = options.version ?? '0.21'
  const binaries = await buildBinaries(version, options.report ?? reportToStandardError())
  const folder = await makeGuardedFolder(options.alias)
  const { chain } = options
  const fixed: Omit<NodeDetails, 'pid' | 'publicKey'> = {
    alias: options.alias,
    version,
    network: chain.details.network,
    rpcAddress: `127.0.0.1:${await findFreePort()}`,
    peerAddress: `127.0.0.1:${await findFreePort()}`,
    certificatePath: join(folder, 'tls.cert'),
    macaroonPath: join(folder, 'admin.macaroon'),
    folder,
    logPath: join(folder, 'output.log'),
    // LND's protocol is compatible over the supported lines; the harness speaks the newest.
    protoFolder: (await buildBinaries('0.21')).protoFolder,
    ...(options.password === undefined ? {} : { password: options.password }),
  }
  let flags = options.flags ?? []
  let publicKey = ''
  let lnd: GuardedProcess | undefined

  const details = (): NodeDetails => ({ ...fixed, publicKey, pid: lnd?.identity.pid ?? 0 })
  const hopeless = (): string | undefined => {
    const end = lnd?.endedWith()
    return end === undefined ? undefined : `lnd of ${fixed.alias} ended: ${end}`
  }
  const node = controlNode(details, chain, hopeless)

  const start = async (newFlags?: readonly string[]): Promise<void> => {
    if (lnd !== undefined && lnd.endedWith() === undefined) {
      throw new Error(`${fixed.alias} is running already`)
    }
    flags = newFlags ?? flags
    node.detach()
    lnd = await spawnGuarded(binaries.lnd, lndArguments(fixed, chain, flags), fixed.logPath)
    // NON_EXISTING is also what a node without password says while it makes its wallet.
    const awaited =
      fixed.password === undefined ? ['SERVER_ACTIVE'] : ['NON_EXISTING', 'LOCKED', 'SERVER_ACTIVE']
    const state = await node.waitFor(`state ${awaited.join(' or ')}`, async () => {
      const now = isWritten(fixed.certificatePath) && (await node.state())
      return now !== false && awaited.includes(now) && now
    })
    if (state === 'SERVER_ACTIVE') publicKey = (await node.info()).identity_pubkey
  }
  const end = async (signal: 'SIGINT' | 'SIGKILL'): Promise<void> => {
    node.detach()
    const ending = lnd
    if (ending === undefined) return
    ending.signal(signal)
    await waitUntil(`lnd of ${fixed.alias} to end`, () => ending.endedWith(), {
      deadlineMilliseconds: 60_000,
      describe: () => readTail(fixed.logPath),
    })
  }
  const remove = async (): Promise<void> => {
    await end('SIGKILL')
    await removeGuardedFolder(folder)
  }

  try {
    await start()
    if (options.password !== undefined) {
      await createWallet(node, options.password)
      publicKey = (await node.info()).identity_pubkey
      await end('SIGINT')
      await start()
    }
  } catch (error) {
    await remove()
    throw error
  }
  return Object.assign(Object.create(node) as RegtestNode, {
    isRunning: () => lnd !== undefined && lnd.endedWith() === undefined,
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
    start,
    restart: async (newFlags?: readonly string[]) => {
      await end('SIGINT')
      await start(newFlags)
    },
    remove,
    release: async () => {
      node.detach()
      await lnd?.release()
      await releaseFolder(folder)
    },
    [Symbol.asyncDispose]: remove,
  })
}

async function createWallet(node: RegtestNode, password: string): Promise<void> {
  const seed = await node.rpc<{ cipher_seed_mnemonic: string[] }>('lnrpc.WalletUnlocker', 'GenSeed')
  await node.rpc('lnrpc.WalletUnlocker', 'InitWallet', {
    wallet_password: Buffer.from(password),
    cipher_seed_mnemonic: seed.cipher_seed_mnemonic,
  })
  await node.waitUntilActive()
}

function lndArguments(
  node: Omit<NodeDetails, 'pid' | 'publicKey'>,
  { details: chain }: Chain,
  flags: readonly string[],
): string[] {
  return [
    `--lnddir=${node.folder}`,
    `--adminmacaroonpath=${node.macaroonPath}`,
    `--alias=${node.alias}`,
    `--rpclisten=${node.rpcAddress}`,
    `--listen=${node.peerAddress}`,
    // Announced, so that peers find the node again after a restart.
    `--externalip=${node.peerAddress}`,
    '--norest',
    '--nobootstrap',
    ...(node.password === undefined ? ['--noseedbackup'] : []),
    `--bitcoin.${chain.network}`,
    '--bitcoin.node=btcd',
    `--btcd.rpchost=${chain.rpcAddress}`,
    `--btcd.rpcuser=${chain.username}`,
    `--btcd.rpcpass=${chain.password}`,
    `--btcd.rpccert=${chain.certificatePath}`,
    '--bitcoin.defaultchanconfs=1',
    // Everything below only makes LND faster or more talkative than on mainnet.
    '--trickledelay=50',
    '--gossip.sub-batch-delay=5ms',
    '--caches.rpc-graph-cache-duration=100ms',
    '--db.batch-commit-interval=10ms',
    '--minbackoff=200ms',
    '--maxbackoff=2s',
    '--maxpendingchannels=5',
    '--debuglevel=info',
    // Standard output is the log; a second copy is not needed.
    '--logging.file.disable',
    ...flags,
  ]
}

/** LND makes the file first and fills it then: whoever trusts an empty one trusts nobody, and is never asked again. */
function isWritten(certificatePath: string): boolean {
  return existsSync(certificatePath) && readFileSync(certificatePath, 'utf8').includes('-----END')
}
