import { setTimeout as delay } from 'node:timers/promises'
import type { LiquidityOptions, PaymentNodeOptions } from '@payment-node/core'
import type { Network } from '../../network.ts'
import type { RegtestNode } from '../../node-controls.ts'
import type { AutopilotOrders } from '../programs/autopilot-process.ts'
import type { KillPoint } from '../programs/mortal.ts'
import { regtestProvider } from '../programs/regtest-provider.ts'
import { spawnProgram } from '../programs/spawn-program.ts'
import { invoiceKey, openShop, type Shop } from './shop.ts'

/** How a shop's autopilot is set, in this process and in those that die. */
export interface AutopilotSettings {
  readonly lnd: RegtestNode
  readonly macaroon: string
  /** 32 bytes as hex. */
  readonly swapKey: string
  readonly providerUrl?: string
  /** sat/vB. */
  readonly feerate: number
  readonly liquidity: LiquidityOptions
  readonly options?: Pick<PaymentNodeOptions, 'payouts' | 'swapping' | 'transactions'>
}

/** A shop whose autopilot has had other lives. */
export interface AutopilotShop {
  readonly shop: Shop
  /**
   * Lets the autopilot act in processes of their own, one after the other, each of which dies by SIGKILL at its point;
   * throws when one does not. No node may be running. Blocks come while something waits in the mempool.
   */
  die(points: readonly KillPoint[]): Promise<void>
  /** Lets it act in this process. */
  act(): Shop
}

/** Opens a shop whose autopilot only watches, until it is let act. */
export async function openAutopilot(
  network: Network,
  settings: AutopilotSettings,
  watching: Partial<LiquidityOptions> = {},
): Promise<AutopilotShop> {
  const { lnd, macaroon, swapKey, providerUrl, feerate, liquidity, options = {} } = settings
  const shop = await openShop(
    lnd,
    {
      ...options,
      keys: { invoices: invoiceKey, swaps: Buffer.from(swapKey, 'hex') },
      swaps: providerUrl === undefined ? [] : [regtestProvider(providerUrl)],
      fees: {
        source: {
          contractVersion: 1,
          name: 'told',
          feerate: async () => ({ at: Date.now(), satPerVbyte: feerate }),
        },
      },
      liquidity: { ...liquidity, ...watching, mode: 'observe' },
      channels: { mode: 'observe' },
    },
    { macaroon: { hex: macaroon } },
  )
  const orders: Omit<AutopilotOrders, 'killAt'> = {
    file: shop.file,
    intentCounter: shop.file.replace(/\.db$/, '.counter'),
    address: lnd.details.rpcAddress,
    certificatePath: lnd.details.certificatePath,
    macaroon,
    keys: { invoices: invoiceKey.toString('hex'), swaps: swapKey },
    ...(providerUrl !== undefined && { providerUrl }),
    feerate,
    liquidity: { ...liquidity, mode: 'act' },
    options,
  }
  return {
    shop,
    async die(points) {
      for (const killAt of points) {
        const child = spawnProgram<never>('autopilot-process.ts', { ...orders, killAt })
        let isOver = false
        void child.ended.finally(() => {
          isOver = true
        })
        while (!isOver) {
          if ((await network.chain.mempool()).length > 0) await network.mine(1)
          await Promise.race([child.ended, delay(50)])
        }
        const { signal, output } = await child.ended
        if (signal !== 'SIGKILL')
          throw new Error(`${JSON.stringify(killAt)}: not struck, ${signal} ${output}`)
      }
    },
    act: () => shop.reopen({ liquidity: { ...liquidity, mode: 'act' } }),
  }
}
