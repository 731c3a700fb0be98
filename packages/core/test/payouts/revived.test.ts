import { expect, test } from 'vitest'
import { settle } from '../transactions/onchain-stand.ts'
import { insisting, openLostCoin } from './lost-coin.ts'

test('a refund that was given up and confirmed all the same counts against what was received', async () => {
  const stand = await openLostCoin()
  const { run, node, payee } = stand
  const invoice = await stand.sell(200_000, node)
  const payer = await run(payee.lightning.onchain!.newAddress('taproot'))
  const refund = (destination: string, key: string) =>
    run(
      node.payouts.refund(
        { invoice: invoice.id, destination, ...(key === 'first' && { quick: true }) },
        { idempotencyKey: key },
      ),
    )
  const first = await refund(payer, 'first')
  await settle(stand)
  await stand.loseCoin()
  await run(node.payouts.resolve(first.id, 'failed', insisting))
  await stand.bringBack()
  expect(stand.network.outputsTo(payer)).toHaveLength(1)
  expect(await stand.told('transaction.revived')).toHaveLength(1)
  await expect(refund(stand.bill(200_000).paymentRequest, 'second')).rejects.toMatchObject({
    code: 'refund.above-received',
  })
}, 60_000)
