import type { Context, Identity } from '../context.ts'
import { least } from '../domain/bigints.ts'
import { nodeLiquidity } from '../domain/channel.ts'
import { keeperStatus } from '../keeper/keeper-status.ts'
import { readBalances } from '../ledger/read-balances.ts'
import { payouts } from '../tables/payouts.ts'
import { readWallet } from '../transactions/read-wallet.ts'
import { operatorsPartner } from './operators-partner.ts'
import { worstOf } from './reservation.ts'

/** Satoshi that a transaction leaves itself as change, so that a child can speed it up. */
const changeSat = 10_000n
/** Rows of one page. */
const page = 1000

/**
 * What may go to the operator's own address, fee included, in msat; zero or less: nothing. The least of
 * three: what the books say is the operator's, less what partners owe and `payouts.operatorReserve`; what the
 * wallet has beside LND's reserve or `channels.onchainFloor`, what the keeper needs for the channels that are
 * missing, and what waits to be paid on chain; and what wallet and channels can send beyond all that partners
 * are owed. `ownMsat`: of the first, what is booked for it already.
 */
export async function operatorFree(
  context: Context,
  identity: Identity,
): Promise<{ readonly freeMsat: bigint; readonly ownMsat: bigint }> {
  const { settings, live } = context
  const [books, wallet, keeper, queuedMsat] = await Promise.all([
    readBalances(context),
    readWallet(context, identity),
    settings.channelSources.length === 0 ? undefined : keeperStatus(context),
    readQueued(context, identity),
  ])
  let [ownMsat, owedMsat, debtMsat] = [0n, 0n, 0n]
  for (const { partner, available, pending, reserved, debt } of books.partners) {
    debtMsat += debt.msat
    if (partner === operatorsPartner) ownMsat = available.msat
    else owedMsat += available.msat + pending.msat + reserved.msat
  }
  const booked = books.operator.msat + ownMsat - debtMsat - settings.payouts.operatorReserve.msat
  const neededSat = (keeper?.bootstrap.needed.msat ?? 0n) / 1000n
  const keptSat = wallet.keptSat > neededSat ? wallet.keptSat : neededSat
  const coinsSat = wallet.coins.reduce((sum, { amountSat }) => sum + amountSat, 0n)
  const onchain = (coinsSat - keptSat - changeSat) * 1000n - queuedMsat
  const { sendableMsat } = nodeLiquidity(live.channels?.list ?? [])
  const beyond = onchain + sendableMsat - owedMsat
  return { freeMsat: least(booked, least(onchain, beyond)), ownMsat }
}

/** What on-chain payouts may take that are in no transaction yet, in msat. */
async function readQueued(context: Context, { publicKey }: Identity): Promise<bigint> {
  let total = 0n
  let after: (string | number)[] | undefined
  for (;;) {
    const rows = await context.storage.find(payouts, {
      index: 'state',
      equals: [publicKey, 'queued'],
      limit: page,
      ...(after && { after }),
    })
    for (const row of rows) total += worstOf(row)
    const last = rows.at(-1)
    if (!last || rows.length < page) return total
    after = [last.created_at, last.id]
  }
}
