import { createHash, randomBytes } from 'node:crypto'
import { PaymentNodeError } from '@payment-node/core'
import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { openShop } from './shop.ts'

const network = sharedNetwork()
afterAll(() => network.remove())

/** What LND itself lists of a channel that matures, the part this test needs. */
interface ForceClosed {
  readonly channel: { readonly channel_point: string }
  readonly limbo_balance: string
  readonly pending_htlcs: readonly { readonly incoming: boolean; readonly amount: string }[]
}

/** Blocks come faster here than on any chain. */
function unlessNotSynced(error: unknown): false {
  if (PaymentNodeError.is(error, 'node.unavailable')) return false
  throw error
}

const roles = macaroonPermissions(['receive', 'pay', 'channels', 'onchain'])

for (const closer of ['us', 'the peer'] as const) {
  test(`a close by force, by ${closer}, with a payment received and one not resolved: proved at each step`, async () => {
    const alias = closer === 'us' ? 'own' : 'peer'
    const ivan = await network.addNode({ alias: `limbo-${alias}-ivan` })
    const judy = await network.addNode({ alias: `limbo-${alias}-judy` })
    for (const end of [ivan, judy]) await end.fund(10_000_000, 3)
    await judy.connect(ivan)
    // The peer opened it: LND's balances then leave out all payments under way.
    const point = await judy.openChannel(ivan, 1_000_000, 400_000)
    await network.mine(6)
    await Promise.all([ivan, judy].map((end) => end.waitUntilChannelActive(point)))
    const hex = await ivan.bakeMacaroon(
      roles.map((permission) => permission.replace(/^uri:/, '')),
      closer === 'us' ? 88_101 : 88_102,
    )
    const shop = await openShop(ivan, { channels: { mode: 'observe' } }, { macaroon: { hex } })
    const { node } = shop
    await node.start()
    const prove = async (when: string): Promise<void> => {
      const proof = await waitUntil(`LND in step, ${when}`, async () =>
        node.ledger.prove().catch(unlessNotSynced),
      )
      const wallet = await ivan.rpc('lnrpc.Lightning', 'WalletBalance')
      const shown = JSON.stringify({ when, wallet, proof })
      expect(proof.verdict, shown).toBe('proved')
      expect((await node.safety.status()).isHalted, when).toBe(false)
    }
    await prove('at the start')
    const own = await node.partners
      .upsert({ id: 'm1' })
      .then(() => node.invoices.create({ partner: 'm1', amount: '250000 sat' }))
    void judy.pay(own.paymentRequest)
    await node.invoices.waitUntilSettled(own.id)

    // An outgoing payment that the peer keeps, and an incoming one that waits for its preimage.
    const kept = await judy.addHoldInvoice(createHash('sha256').update(randomBytes(32)).digest(), {
      value_msat: '120000000',
      cltv_expiry: '30',
    })
    const payout = await node.payouts.request(
      { partner: 'm1', destination: kept.payment_request },
      { idempotencyKey: 'kept' },
    )
    await judy.waitUntilInvoice(kept.r_hash, 'ACCEPTED')
    const preimage = randomBytes(32)
    const asked = await ivan.addHoldInvoice(createHash('sha256').update(preimage).digest(), {
      value_msat: '200000000',
    })
    const paying = judy.pay(asked.payment_request)
    await ivan.waitUntilInvoice(asked.r_hash, 'ACCEPTED')
    await prove('both under way')

    await (closer === 'us' ? ivan : judy).closeChannel(point, true)
    await prove('the close is published')
    const before = (await node.ledger.balances()).operator.msat
    await ivan.settleHold(preimage)
    await waitUntil('the receipt in the books', async () => {
      return (await node.ledger.balances()).operator.msat === before + 200_000_000n
    })
    await prove('the payment is received, the close waits')

    const inLimbo = async (): Promise<ForceClosed | undefined> => {
      const { pending_force_closing_channels: all } = await ivan.rpc<{
        pending_force_closing_channels: readonly ForceClosed[]
      }>('lnrpc.Lightning', 'PendingChannels')
      return all.find(({ channel }) => channel.channel_point === point)
    }
    const isClosed = async (): Promise<boolean> => {
      const { channels } = await ivan.rpc<{ channels: readonly { channel_point: string }[] }>(
        'lnrpc.Lightning',
        'ClosedChannels',
      )
      return channels.some((one) => one.channel_point === point)
    }
    const seen: string[] = []
    for (let height = 0; !(await isClosed()); ) {
      expect(height, `it ends; ${seen.join(' | ')}`).toBeLessThan(400)
      const blocks = height < 36 ? 1 : 6
      await network.mine(blocks)
      height += blocks
      await prove(`${height} blocks after the close; ${seen.join(' | ')}`)
      const { limbo_balance, pending_htlcs } = (await inLimbo()) ?? {}
      const htlcs = pending_htlcs?.map(({ incoming, amount }) => `${incoming ? '+' : '-'}${amount}`)
      const listed = limbo_balance === undefined ? 'none' : `${limbo_balance} ${htlcs?.sort()}`
      if (!seen.at(-1)?.endsWith(`: ${listed}`)) seen.push(`${height}: ${listed}`)
    }
    // LND does not list what it claims with a preimage from the peer's commitment.
    const shown = closer === 'us' ? ' +200000,-120000' : ' -120000'
    expect(
      seen.some((listed) => listed.endsWith(shown)),
      `in limbo: ${seen.join(' | ')}`,
    ).toBe(true)
    expect(await paying).toMatchObject({ status: 'SUCCEEDED' })
    expect(await node.payouts.get(payout.id)).toMatchObject({ state: 'failed' })
    await network.mine(8)
    await waitUntil(
      'the close in the books',
      async () => {
        const kinds = (await node.ledger.journal({})).items.map(({ kind }) => kind as string)
        return kinds.includes('channel-closed') || kinds.includes('channel-swept')
      },
      { deadlineMilliseconds: 60_000 },
    )
    await prove('all is booked')
    const { world, sum, partners } = await node.ledger.balances()
    expect([sum.msat, world.unexplained.msat]).toEqual([0n, 0n])
    expect(partners.map(({ available }) => available.msat)).toEqual([250_000_000n])
    await shop.remove()
  }, 400_000)
}
