import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PaymentNode, SelfCustodialSwapProvider, Swap } from '@payment-node/core'
import type { BoltzServer } from '@payment-node/testkit/boltz-server'
import { expect } from 'vitest'
import type { ShopFolder, SimulatedShop } from '../shop-folder.ts'

type BoltzSwap = ReturnType<BoltzServer['swaps']>[number]

/** What a file of `swappingShop` exports. */
export type SwappingShop = SimulatedShop & {
  readonly server: BoltzServer
  readonly provider: SelfCustodialSwapProvider
}

/** Until the provider holds the payment; nothing is revealed. */
export async function untilHeld(node: PaymentNode, idempotencyKey = 'a'): Promise<Swap> {
  const held = new Promise((resolve) => node.on('swap.held', resolve))
  const [swap] = await node.swaps.request({ amount: '100000 sat' }, { idempotencyKey })
  await held
  return node.swaps.get(swap!.id)
}

/** The books of a host that has stopped are gone. */
export function loseBooks({ path }: ShopFolder): void {
  for (const name of readdirSync(path)) {
    if (name.startsWith('payments.')) rmSync(join(path, name))
  }
}

/** As the server has it. */
export const swapOf = (server: BoltzServer, id: string): BoltzSwap =>
  server.swaps().find((one) => one.id === id)!

/** Mines until the server's lockup is in a block. */
export async function untilLocked({ network, server }: SwappingShop, id: string): Promise<void> {
  while (swapOf(server, id).lockup === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  network.mine()
}

interface Printed {
  readonly booksUnread: string | null
  readonly lost: readonly {
    readonly providerId: string
    readonly says: string
    readonly claim: object | null
    readonly published: string | null
  }[]
}

/** What the command without books prints for machines. */
export async function rescue(folder: ShopFolder, ...argv: string[]): Promise<Printed> {
  const { exitCode, stdout, stderr } = await folder.run(
    ...['rescue', '--without-books', '--patience', '1', ...argv],
    '--json',
  )
  expect([exitCode, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}
