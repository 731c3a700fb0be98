import type { Payout, Swap } from '@payment-node/core'
import { openSwaps, type SwapStand, type SwapStandSettings } from './swap-stand.ts'

/** A stand with a payout of 400,000 sat in the queue, for which the wallet has no coins. */
export interface PayoutStand extends SwapStand {
  readonly payout: Payout
  /** The partner's. */
  readonly address: string
  /** Asks for a swap that pays it. */
  askForPayout(amountSat?: number, key?: string): Promise<Swap>
  /** The payout as it is. */
  paying(): Promise<Payout>
  /** What is not as it must be when the swap has ended, in words. `before`: the assets. */
  faultsOf(swap: string, before: bigint): Promise<string[]>
}

const payoutSat = 400_000n

export interface PayoutStandSettings extends SwapStandSettings {
  /** In LND's wallet from the beginning; left out: none, so that the queue has to wait. */
  readonly coinSat?: bigint
}

export async function openWithPayout({
  coinSat,
  ...settings
}: PayoutStandSettings = {}): Promise<PayoutStand> {
  const stand = openSwaps(settings)
  const { run } = stand
  if (coinSat !== undefined) stand.lnd.fund(coinSat)
  await run(stand.node.start())
  await stand.sell(1_000_000, stand.node)
  const address = await run(stand.payer.lightning.onchain!.newAddress('taproot'))
  const payout = await run(
    stand.node.payouts.request(
      { partner: 'm1', destination: address, amount: `${payoutSat} sat` },
      { idempotencyKey: 'payout' },
    ),
  )
  await stand.settle()
  const own: Omit<PayoutStand, keyof SwapStand> = {
    payout,
    address,
    async askForPayout(amountSat = 600_000, key = 'through') {
      const made = await run(
        stand.current.node.swaps.request(
          { amount: `${amountSat} sat`, payout: payout.id },
          { idempotencyKey: key },
        ),
      )
      return made[0]!
    },
    paying: () => run(stand.current.node.payouts.get(payout.id)),
    async faultsOf(id, before) {
      const faults: string[] = []
      const check = (isRight: boolean, says: string): void => void (isRight || faults.push(says))
      await stand.mine(8)
      const { node, lnd } = { ...stand, node: stand.current.node }
      const swap = await stand.swap(id)
      const paid = await own.paying()
      const payments = await run(lnd.lightning.listPayments({ afterIndex: 0n, limit: 100 }))
      const sent = payments.filter(({ state }) => state === 'succeeded')
      check(swap.endedAt !== null, `it is ${swap.state} (${swap.reason}) for ever`)
      check(payments.length <= 1, `${payments.length} payments`)
      check(sent.length === (swap.state === 'claimed' ? 1 : 0), `${sent.length} paid`)
      const { service, routing, claim } = swap.costs
      const cost = (service?.msat ?? 0n) + (routing?.msat ?? 0n) + (claim?.msat ?? 0n)
      const outputs = stand.network.outputsTo(address).map(({ amountSat }) => amountSat)
      const isPaid = paid.state === 'succeeded'
      check(
        outputs.join() === (isPaid ? `${payoutSat}` : ''),
        `it is ${paid.state}, and the partner got ${outputs.join(' and ') || 'nothing'}`,
      )
      check(isPaid === (paid.swap !== null), `it is ${paid.state} with swap ${paid.swap}`)
      const lost = before - (await stand.assets()) - (paid.fee?.msat ?? 0n)
      const wanted = cost + (isPaid ? payoutSat * 1000n : 0n)
      check(lost === wanted, `${lost} msat are gone, and the books say ${wanted}`)
      const { world, sum, partners } = await run(node.ledger.balances())
      check(sum.msat === 0n, `the books sum to ${sum}`)
      check(world.deposits.msat === 0n, `a deposit of ${world.deposits} is booked`)
      check(world.unexplained.msat === 0n, `${world.unexplained} are unexplained`)
      check(
        world.payees.msat === (isPaid ? payoutSat * 1000n : 0n),
        `the payees have ${world.payees}`,
      )
      const m1 = partners.find(({ partner }) => partner === 'm1')!
      const held = isPaid ? 0n : payoutSat * 1000n + paid.feeLimit.msat
      check(m1.reserved.msat === held, `${m1.reserved} are reserved`)
      const left = 1_000_000_000n - held - (isPaid ? payoutSat * 1000n : 0n)
      check(m1.available.msat === left - (paid.fee?.msat ?? 0n), `${m1.available} are available`)
      const spent = world.swapFees.msat + world.routingFees.msat + world.onchainFees.msat
      check(spent === cost + (paid.fee?.msat ?? 0n), `the accounts have ${spent} msat of costs`)
      const { verdict } = await run(node.ledger.prove())
      check(verdict === 'proved', `the proof says ${verdict}`)
      check(!(await run(node.safety.status())).isHalted, 'it is halted')
      const rows = await stand.rowsOf(['swap_totals', 'payouts', 'day_totals'])
      check(
        rows.swap_totals!.every(({ amount_msat }) => amount_msat === 0n),
        'something is left under way',
      )
      return faults
    },
  }
  // The getters of the stand below tell of the process that lives now.
  return Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(stand),
      ...Object.getOwnPropertyDescriptors(own),
    },
  ) as PayoutStand
}
