import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildBinaries } from './build-binaries.ts'
import { attachChain, type Chain } from './chain.ts'
import { type ChainDetails, callChain } from './chain-rpc.ts'
import { findFreePort } from './free-port.ts'
import { minerAddresses } from './miner-coins.ts'
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

/** A chain whose btcd this process started. */
export interface RunningChain extends Chain, AsyncDisposable {
  /** Ends btcd, keeping its folder. Stop the nodes first: a node's own stop waits for its chain. */
  stop(): Promise<void>
  /**
   * Starts btcd again on the same port. On simnet the blocks stay; on regtest btcd deletes them. LND
   * reconnects after 5 s, and is in sync again after the first block that is mined after that.
   */
  start(): Promise<void>
  /** Ends btcd and removes its folder. */
  remove(): Promise<void>
  /** Lets btcd run on after this process. */
  release(): Promise<void>
}

/** What kind of chain to start. */
export interface ChainOptions {
  /** simnet (default) survives a restart of btcd; regtest has the addresses other tools know. */
  network?: 'simnet' | 'regtest'
  /** Extra flags for btcd. */
  flags?: readonly string[]
  report?: Report
}

// Segwit and taproot turn active with three windows of 144 blocks on regtest (100 on simnet).
const firstBlocks = 450

/** Starts btcd and mines the first 450 blocks, so that segwit works and rewards are mature. */
export async function startChain(options: ChainOptions = {}): Promise<RunningChain> {
  const network = options.network ?? 'simnet'
  const { btcd } = await buildBinaries('0.21', options.report ?? reportToStandardError())
  const folder = await makeGuardedFolder('btcd')
  const details = {
    network,
    rpcAddress: `127.0.0.1:${await findFreePort()}`,
    username: 'regtest',
    password: randomBytes(12).toString('hex'),
    certificatePath: join(folder, 'rpc.cert'),
    folder,
    logPath: join(folder, 'output.log'),
  }
  const args = [
    `--${network}`,
    `--configfile=${join(folder, 'absent.conf')}`,
    `--datadir=${join(folder, 'data')}`,
    `--logdir=${join(folder, 'logs')}`,
    `--rpclisten=${details.rpcAddress}`,
    `--rpcuser=${details.username}`,
    `--rpcpass=${details.password}`,
    `--rpccert=${details.certificatePath}`,
    `--rpckey=${join(folder, 'rpc.key')}`,
    '--rpcmaxwebsockets=100',
    '--rpcmaxclients=100',
    '--txindex',
    '--nolisten',
    '--nobanning',
    '--trickleinterval=100ms',
    `--miningaddr=${minerAddresses[network]}`,
    ...(options.flags ?? []),
  ]

  const launch = async (): Promise<GuardedProcess> => {
    const started = await spawnGuarded(btcd, args, details.logPath)
    const reachable = { ...details, pid: started.identity.pid }
    await waitUntil(
      'btcd to answer',
      async () => existsSync(details.certificatePath) && (await answers(reachable)),
      {
        hopeless: () => (started.endedWith() ? `btcd ended: ${started.endedWith()}` : undefined),
        describe: () => readTail(details.logPath),
      },
    )
    return started
  }

  let running = await launch()
  const current = (): ChainDetails => ({ ...details, pid: running.identity.pid })
  const chain = attachChain(current())
  await chain.mine(firstBlocks)

  const stop = async (): Promise<void> => {
    running.signal('SIGINT')
    await waitUntil('btcd to end', () => running.endedWith(), {
      deadlineMilliseconds: 20_000,
      describe: () => readTail(details.logPath),
    }).catch(async (error: unknown) => {
      running.signal('SIGKILL')
      await running.ended
      throw error
    })
  }
  const remove = async (): Promise<void> => {
    running.signal('SIGKILL')
    await running.ended
    await removeGuardedFolder(folder)
  }
  return {
    ...chain,
    get details() {
      return current()
    },
    stop,
    start: async () => {
      running = await launch()
    },
    remove,
    release: async () => {
      await running.release()
      await releaseFolder(folder)
    },
    [Symbol.asyncDispose]: remove,
  }
}

async function answers(details: ChainDetails): Promise<boolean> {
  await callChain(details, 'getblockcount')
  return true
}
