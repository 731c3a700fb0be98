import type { DelegatedCheck } from '@payment-node/core'
import type { Daemon } from './daemon.ts'
import { isNetwork } from './options.ts'
import { failed } from './provider-failed.ts'

/** Whether the daemon lives, on which network it is, and whether it makes swaps by itself. */
export async function checkDaemon(daemon: Daemon, signal?: AbortSignal): Promise<DelegatedCheck> {
  const { name, network: expected } = daemon.options
  const [{ network, version }, warnings] = await Promise.all([
    daemon.call('/looprpc.SwapClient/GetInfo', {}, signal),
    autoloopOf(daemon, signal),
  ])
  if (!isNetwork(network)) {
    const says = `loopd says that it is on ${JSON.stringify(network.slice(0, 40))}.`
    throw failed(name, 'bad-answer', 'none', says)
  }
  if (expected !== undefined && network !== expected) {
    throw failed(name, 'other-network', 'none', `loopd is on ${network}, not on ${expected}.`)
  }
  return { network, version: version.slice(0, 100), warnings }
}

async function autoloopOf(
  daemon: Daemon,
  signal: AbortSignal | undefined,
): Promise<DelegatedCheck['warnings']> {
  try {
    const { autoloop, easy_autoloop } = await daemon.call(
      '/looprpc.SwapClient/GetLiquidityParams',
      {},
      signal,
    )
    return autoloop || easy_autoloop ? ['autoloop'] : []
  } catch (error) {
    if (signal?.aborted) throw error
    // It is a warning only: whether the daemon lives is what GetInfo says.
    return ['autoloop-unknown']
  }
}
