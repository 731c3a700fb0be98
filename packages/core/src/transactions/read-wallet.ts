import type { Context, Identity } from '../context.ts'
import type { WalletOutput } from '../ports/node-onchain.ts'
import { claimedOutpoints } from '../tables/channel-intents.ts'
import { requireFunding } from './require-funding.ts'

/** What may pay for a transaction, and what must stay. */
export interface SpendableWallet {
  /** Confirmed coins that nothing has locked or claimed. */
  readonly coins: readonly WalletOutput[]
  /** sat: LND's reserve for bumping force closes, or the operator's floor, whichever is larger. */
  readonly keptSat: bigint
}

const page = 1000

/** Reads the wallet. Throws `node.unsupported`, `node.unavailable`. */
export async function readWallet(context: Context, identity: Identity): Promise<SpendableWallet> {
  const { onchain } = requireFunding(context)
  const [unspent, reserveSat, claimed] = await Promise.all([
    onchain.unspent(),
    onchain.requiredReserve(0),
    readClaims(context, identity),
  ])
  const floorSat = (context.settings.channels.onchainFloor.msat + 999n) / 1000n
  return {
    coins: unspent.filter((coin) => coin.confirmations > 0 && !claimed.has(coin.outpoint)),
    keptSat: floorSat > reserveSat ? floorSat : reserveSat,
  }
}

async function readClaims(context: Context, { publicKey }: Identity): Promise<Set<string>> {
  const claims = new Set<string>()
  let after: string[] | undefined
  for (;;) {
    const rows = await context.storage.find(claimedOutpoints, {
      index: 'key',
      equals: [publicKey],
      limit: page,
      ...(after && { after }),
    })
    for (const { outpoint } of rows) claims.add(outpoint)
    if (rows.length < page) return claims
    after = [rows.at(-1)!.outpoint]
  }
}
