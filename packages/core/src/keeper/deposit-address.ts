import { type Context, requireReady } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import type { OnchainWallet } from '../ports/node-onchain.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { readKeeper, writeKeeper } from './keeper-row.ts'

/**
 * Where to pay coins for channels to: a taproot address of LND's wallet. The same one until the wallet has
 * something on it, since a wallet looks ahead over a limited number. Throws `node.unavailable`,
 * `node.unsupported`.
 */
export async function depositAddress(context: Context): Promise<string> {
  const identity = requireReady(context)
  const wallet = requireWallet(context)
  let fresh: string | undefined
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await readKeeper(context, identity)
    const known = row?.deposit_address ?? null
    if (known !== null && !(await hasReceived(wallet, known))) return known
    fresh ??= await wallet.newAddress('taproot')
    const address = fresh
    const write = writeKeeper(context, identity, row, { deposit_address: address })
    const isApplied = async () => (await readKeeper(context, identity))?.deposit_address === address
    if (!(await record(context, { writes: [write] }, isApplied))) return address
  }
  throw tooContended('keeper.depositAddress')
}

function requireWallet({ lightning }: Context): OnchainWallet {
  if (lightning.onchain) return lightning.onchain
  throw new PaymentNodeError(
    'node.unsupported',
    'This connection to LND has no on-chain wallet.',
    { call: 'newAddress' },
    { advice: 'Use an adapter, and a macaroon, with the role onchain.' },
  )
}

async function hasReceived(wallet: OnchainWallet, address: string): Promise<boolean> {
  return (await wallet.unspent()).some((coin) => coin.address === address)
}
