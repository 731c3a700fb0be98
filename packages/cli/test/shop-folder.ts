import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createPaymentNode, type PaymentNode, type PaymentNodeOptions } from '@payment-node/core'
import type { SimulatedNetwork, SimulatedNode } from '@payment-node/testkit'
import { run } from '../src/program.ts'

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A host's folder outside the workspace, with the packages installed. */
export interface ShopFolder extends Disposable {
  readonly path: string
  /** Returns the path of the file. */
  write(name: string, text: string): string
  /** Runs the command in this process, in this folder. */
  run(...argv: string[]): Promise<Ended>
}

export function openFolder(): ShopFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'payment-node-cli-')))
  symlinkSync(join(import.meta.dirname, '..', 'node_modules'), join(path, 'node_modules'))
  return {
    path,
    write(name, text) {
      writeFileSync(join(path, name), text)
      return join(path, name)
    },
    run: (...argv) => runCommand(path, argv),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  }
}

/** Runs the command with streams that are read. */
export async function runCommand(
  cwd: string,
  argv: readonly string[],
  env: Record<string, string> = {},
  terminal: { isTTY?: boolean; columns?: number } = {},
): Promise<Ended> {
  const written = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof written) => ({
    ...terminal,
    write: (text: string) => {
      written[name] += text
    },
  })
  const exitCode = await run(argv, { cwd, env, stdout: stream('stdout'), stderr: stream('stderr') })
  return { exitCode, ...written }
}

/** The secret of {@link simulatedShop}. */
export const invoiceKey = 'new Uint8Array(32).map((_, index) => index + 1)'

/**
 * A configuration of a shop in a simulated network in real time: the same nodes in every process.
 * `lines` run before the options are made; `options` are added to them.
 */
export function simulatedShop({ lines = '', options = '', keys = '' } = {}): string {
  return `
import { sat, systemClock } from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { sqlite } from '@payment-node/storage-sqlite'
import { createSimulatedNetwork } from '@payment-node/testkit'

export const network = createSimulatedNetwork({ clock: systemClock, seed: 'cli' })
export const shop = network.addNode('shop')
export const payer = network.addNode('payer')
export const payee = network.addNode('payee')
network.establishChannel({ from: payer, to: shop, capacitySat: 2_000_000n })
network.establishChannel({ from: shop, to: payee, capacitySat: 1_000_000n })
${lines}
export default () => ({
  lightning: shop.connect(),
  storage: sqlite({ file: 'payments.db' }),
  keys: { invoices: ${invoiceKey}, ${keys} },
  ${options}
})
`
}

/** What a file of {@link simulatedShop} exports. */
export interface SimulatedShop {
  readonly network: SimulatedNetwork
  readonly shop: SimulatedNode
  readonly payer: SimulatedNode
  readonly payee: SimulatedNode
  default(): PaymentNodeOptions
}

/** The host of a configuration file: `work` has its running node, in its folder. */
export async function withHost(
  path: string,
  work: (node: PaymentNode, shop: SimulatedShop) => Promise<void>,
): Promise<void> {
  const shop: SimulatedShop = await import(pathToFileURL(path).href)
  const before = process.cwd()
  process.chdir(join(path, '..'))
  const node = createPaymentNode(shop.default())
  try {
    await node.start()
    await work(node, shop)
  } finally {
    await node.stop()
    process.chdir(before)
  }
}

/** A partner who was paid 250,000 sat, and a payout of 20,000 sat that the payee holds. */
export async function tradeABit(node: PaymentNode, { payer, payee }: SimulatedShop): Promise<void> {
  await node.partners.upsert({ id: 'merchant_42' })
  const invoice = await node.invoices.create({ partner: 'merchant_42', amount: '250000 sat' })
  await payer.pay(invoice.paymentRequest)
  await node.invoices.waitUntilSettled(invoice.id)
  const held = payee.createHoldInvoice({ amountMsat: 20_000_000n })
  const sending = new Promise((resolve) => node.on('payout.sending', resolve))
  await node.payouts.request(
    { partner: 'merchant_42', destination: held.paymentRequest },
    { idempotencyKey: 'payout-1' },
  )
  await sending
}
