import { createECDH, randomBytes } from 'node:crypto'
import type { LightningNode } from '@payment-node/core'
import { lnd, macaroonPermissions } from '@payment-node/lnd-adapter'
import { findFreePort, type RegtestNode, startNetwork } from '@payment-node/regtest'
import { gatherEvidence } from './audit/gather-evidence.ts'
import type { PlayedDay } from './finish-day.ts'
import { openShop } from './processes/open-shop.ts'
import { realKeeperOpens, realPeerCloses, settleSeconds } from './scenes/keeper-on-real-lnd.ts'
import { realCustomersPay, realPayoutsGoOut, realProcessIsKilled } from './scenes/on-real-lnd.ts'
import { createStage } from './stage.ts'

/**
 * Plays a short day on real LND: the shop's, which begins with a few coins and no channel, a customer's, a
 * wallet's, and a hub's. Payouts reach the wallet over the customer's node, which asks a fee for it.
 */
export async function playRegtestDay(options: {
  readonly file: string
  readonly pause: number
  readonly output: NodeJS.WritableStream
}): Promise<PlayedDay> {
  const { file, pause, output } = options
  await using network = await startNetwork({
    report: (line) => output.write(`  ${line}\n`),
    nodes: [
      { alias: 'customer' },
      { alias: 'shop', fundSat: 300_000 },
      { alias: 'wallet' },
      { alias: 'hub' },
    ],
  })
  const own = network.node('shop')
  const uris = macaroonPermissions(['receive', 'pay', 'channels', 'onchain']).map((permission) =>
    permission.replace(/^uri:/, ''),
  )
  const macaroon = await own.bakeMacaroon(uris, 7)
  const peers = ['hub', 'customer', 'wallet'].map((alias) => network.node(alias))
  const unreachable = await nobody()
  const shop = openShop({
    settings: {
      file,
      invoiceKey: randomBytes(32),
      caps: { perPayout: '500000 sat' },
      peers: [
        unreachable,
        ...peers.map(({ publicKey, alias, details }) => ({
          ...{ publicKey, alias, address: details.peerAddress },
        })),
      ],
      channels: {
        mode: 'act',
        minimumActive: 2,
        capacity: '1000000 sat',
        settlePeriod: settleSeconds,
        coolDown: '24h',
        // Without a market the chain's price is what btcd makes up.
        maximumFeerate: 1000,
        budgetPerMonth: '1000000 sat',
      },
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
    network,
    lnd: own,
    customer: network.node('customer'),
    wallet: network.node('wallet'),
    hub: network.node('hub'),
  }
  try {
    await realKeeperOpens(day)
    await realCustomersPay(day)
    await realPayoutsGoOut(day)
    await realProcessIsKilled(day)
    await realPeerCloses(day)
    await stage.tell('shop', 'closes')
    const last = await stage.sample()
    const { active, wanted, budget } = await shop.keeperStatus()
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
      keeper: { active, wanted, budgetMsat: budget.limit.msat },
      aliases: new Map([
        [unreachable.publicKey, unreachable.alias],
        ...peers.map(({ publicKey, alias }) => [publicKey, alias] as const),
      ]),
      isPrecise: true,
      next: 'pnpm regtest up',
    }
  } finally {
    await shop.kill()
  }
}

/** A peer of the list that does not answer. */
async function nobody() {
  return {
    publicKey: createECDH('secp256k1').generateKeys('hex', 'compressed'),
    address: `127.0.0.1:${await findFreePort()}`,
    alias: 'nobody',
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
