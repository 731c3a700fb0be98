import { randomBytes } from 'node:crypto'
import { PaymentNodeError, type Proof } from '@payment-node/core'
import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { afterAll, expect, test } from 'vitest'
import type { LndPayment } from '../../payment-controls.ts'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { openShop } from './shop.ts'

const network = sharedNetwork()
afterAll(() => network.remove())

test('whatever other programs do with this LND, the proof explains it, and a channel that opens and closes too', async () => {
  const grace = await network.addNode({ alias: 'proof-grace' })
  const heidi = await network.addNode({ alias: 'proof-heidi' })
  for (const node of [grace, heidi]) await node.fund(10_000_000, 3)
  await grace.connect(heidi)
  const point = await grace.openChannel(heidi, 2_000_000, 900_000)
  await network.mine(6)
  await Promise.all([grace, heidi].map((end) => end.waitUntilChannelActive(point)))
  const roles = macaroonPermissions(['receive', 'pay', 'channels', 'onchain'])
  const hex = await grace.bakeMacaroon(
    roles.map((permission) => permission.replace(/^uri:/, '')),
    88_001,
  )
  const shop = await openShop(grace, { channels: { mode: 'observe' } }, { macaroon: { hex } })
  const { node } = shop
  await node.start()
  const start = await node.ledger.balances()
  const prove = async (when: string): Promise<void> => {
    let proof: Proof | undefined
    // LND may have to catch up with new blocks first.
    await waitUntil(`LND to be synced: ${when}`, async () => {
      proof = await node.ledger.prove().catch((error: unknown) => {
        if (PaymentNodeError.is(error, 'node.unavailable')) return undefined
        throw error
      })
      return proof !== undefined
    })
    expect(proof!.verdict, `${when}: ${JSON.stringify(proof)}`).toBe('proved')
  }
  const operator = async (): Promise<bigint> =>
    (await node.ledger.balances()).operator.msat - start.operator.msat
  const booked = (what: string, msat: bigint): Promise<true> =>
    waitUntil(what, async () => (await operator()) === msat, { deadlineMilliseconds: 90_000 })
  const paid = async (payment: Promise<LndPayment>): Promise<void> => {
    expect(await payment).toMatchObject({ status: 'SUCCEEDED' })
  }
  await prove('at the start')

  // A partner's receipt, another program's receipt, another program's payment.
  await node.partners.upsert({ id: 'm1' })
  const own = await node.invoices.create({ partner: 'm1', amount: '100000 sat' })
  await paid(heidi.pay(own.paymentRequest))
  await node.invoices.waitUntilSettled(own.id)
  await prove('received')
  const foreign = await grace.addInvoice({ value_msat: '50000000' })
  await paid(heidi.pay(foreign.payment_request))
  await booked('what another program received', 50_000_000n)
  const asked = await heidi.addInvoice({ value_msat: '20000000' })
  await paid(grace.pay(asked.payment_request))
  await booked('what another program paid', 30_000_000n)
  await prove('others received and paid')

  // Coins come and go by other hands: told apart before they are final, booked when they are.
  await grace.fund(400_000, 1)
  await prove('a deposit that is not final')
  const sent = await grace.rpc<{ txid: string }>('lnrpc.Lightning', 'SendCoins', {
    addr: await heidi.newAddress(),
    amount: '150000',
    sat_per_vbyte: '5',
  })
  await prove('a withdrawal without a confirmation')
  await network.mine(1)
  await prove('a withdrawal that is not final')
  const funded = await grace.rpc<{ funded_psbt: Buffer }>('walletrpc.WalletKit', 'FundPsbt', {
    raw: { outputs: { [await heidi.newAddress()]: '60000' } },
    sat_per_vbyte: '5',
    min_confs: 1,
    custom_lock_id: randomBytes(32),
    lock_expiration_seconds: '3600',
  })
  await prove('coins that another program has locked')
  const { raw_final_tx } = await grace.rpc<{ raw_final_tx: Buffer }>(
    'walletrpc.WalletKit',
    'FinalizePsbt',
    { funded_psbt: funded.funded_psbt },
  )
  await grace.rpc('walletrpc.WalletKit', 'PublishTransaction', { tx_hex: raw_final_tx })
  await prove('a transaction of another program whose coins are still locked')
  await network.mine(7)
  await waitUntil(
    'deposits and withdrawals in the books',
    async () => {
      const { world } = await node.ledger.balances()
      return world.deposits.msat === -(400_000n - 150_000n - 60_000n) * 1000n
    },
    { deadlineMilliseconds: 60_000 },
  )
  await prove(`what ${sent.txid} paid is final`)

  // A channel that the operator opens, and its close.
  const second = await grace.openChannel(heidi, 500_000, 0)
  await prove('a channel that opens')
  await network.mine(6)
  await grace.waitUntilChannelActive(second)
  await prove('a channel that is open')
  await grace.closeChannel(second)
  await prove('a channel that closes')
  await network.mine(8)
  await waitUntil(
    'the close in the books',
    async () => {
      const kinds = (await node.ledger.journal({})).items.map(({ kind }) => kind as string)
      return kinds.includes('channel-closed')
    },
    { deadlineMilliseconds: 60_000 },
  )
  await prove('all is final')
  const { world, sum, partners } = await node.ledger.balances()
  expect([sum.msat, world.unexplained.msat]).toEqual([0n, 0n])
  expect(partners.map(({ available }) => available.msat)).toEqual([100_000_000n])
  await shop.remove()
}, 300_000)
