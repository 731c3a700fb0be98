import { randomBytes } from 'node:crypto'
import type { LightningNode } from '@payment-node/core'
import { lnd, macaroonPermissions } from '@payment-node/lnd-adapter'
import { type RegtestNode, startNetwork } from '@payment-node/regtest'
import { gatherEvidence } from './audit/gather-evidence.ts'
import type { PlayedDay } from './finish-day.ts'
import { openShop } from './processes/open-shop.ts'
import { realCustomersPay, realPayoutsGoOut, realProcessIsKilled } from './scenes/on-real-lnd.ts'
import { createStage } from './stage.ts'

/**
 * Plays a short day on real LND: a customer, the shop and a wallet, each with an LND of its own. Payouts
 * reach the wallet over the customer's node, which asks a fee for it.
 */
export async function playRegtestDay(options: {
  readonly file: string
  readonly pause: number
  readonly output: NodeJS.WritableStream
}): Promise<PlayedDay> {
  const { file, pause, output } = options
  await using network = await startNetwork({
    report: (line) => output.write(`  ${line}\n`),
    nodes: [{ alias: 'customer' }, { alias: 'shop' }, { alias: 'wallet' }],
    channels: [
      { from: 'customer', to: 'shop', capacitySat: 5_000_000, pushSat: 1_000_000 },
      { from: 'customer', to: 'wallet', capacitySat: 5_000_000 },
    ],
  })
  const own = network.node('shop')
  const uris = macaroonPermissions().map((permission) => permission.replace(/^uri:/, ''))
  const macaroon = await own.bakeMacaroon(uris, 7)
  const shop = openShop({
    settings: {
      file,
      invoiceKey: randomBytes(32),
      caps: { perPayout: '500000 sat' },
      lightning: {
        address: own.details.rpcAddress,
        certificatePath: own.details.certificatePath,
        macaroon: Buffer.from(macaroon, 'hex'),
      },
    },
  })
  const stage = createStage({ shop, now: Date.now, pause, isPrecise: true, output })
  const day = {
    ...stage,
    lnd: own,
    customer: network.node('customer'),
    wallet: network.node('wallet'),
  }
  try {
    await realCustomersPay(day)
    await realPayoutsGoOut(day)
    await realProcessIsKilled(day)
    await stage.tell('shop', 'closes')
    const last = await stage.sample()
    await shop.stop()
    const nodes = [own, day.customer, day.wallet].map(asAdmin)
    const evidence = await gatherEvidence({
      file,
      lnd: nodes[0]!,
      customers: [nodes[1]!],
      wallets: [nodes[2]!],
      debts: stage.debts,
      toldAsSettled: stage.toldAsSettled,
    })
    await Promise.all(nodes.map((one) => one.close()))
    return {
      title: 'A short day of a shop on real LND',
      record: stage.record,
      evidence,
      receivableMsat: last?.receivableMsat ?? null,
      isPrecise: true,
      next: 'pnpm regtest up',
    }
  } finally {
    await shop.kill()
  }
}

/** For the audit alone: the shop itself works with a macaroon that allows only what it needs. */
function asAdmin({ details }: RegtestNode): LightningNode {
  return lnd({
    address: details.rpcAddress,
    certificate: { path: details.certificatePath },
    macaroon: { path: details.macaroonPath },
  })
}
