import { expect, test } from 'vitest'
import { openWithPayout } from './payout-stand.ts'

test('a queued payout is paid straight by a claim: the partner gets all of it, the wallet the rest', async () => {
  const stand = await openWithPayout()
  const { run, address, payout } = stand
  const before = await stand.assets()
  const asked = await stand.askForPayout()
  expect(asked).toMatchObject({
    state: 'created',
    source: 'operator',
    destination: address,
    destinationKind: 'payout',
    payout: payout.id,
    restDestination: null,
  })
  expect(await stand.paying()).toMatchObject({
    state: 'queued',
    reason: 'in-swap',
    swap: asked.id,
    transaction: null,
  })
  const { says: promises } = await run(stand.node.swaps.explain(asked.id))
  expect(promises).toContain(`Its claim shall pay payout ${payout.id}.`)
  const swap = await stand.untilEnded(asked.id)
  expect([swap.state, swap.reason]).toEqual(['claimed', null])
  const paid = await stand.paying()
  const { claims, says } = await run(stand.node.swaps.explain(asked.id))
  expect(says).toContain(`Its claim has paid payout ${payout.id}.`)
  const buried = claims.find(({ confirmedHeight }) => confirmedHeight !== null)!
  expect(buried.paysPayout).toBe(true)
  expect(paid).toMatchObject({
    state: 'succeeded',
    reason: null,
    swap: asked.id,
    transaction: { id: asked.id, transactionId: buried.transactionId, state: 'final' },
  })
  expect(paid.fee!.msat).toBe(0n)
  expect(paid.transaction!.confirmations).toBeGreaterThanOrEqual(6)
  expect(stand.network.outputsTo(address).map(({ amountSat }) => amountSat)).toEqual([400_000n])
  expect(await stand.faultsOf(asked.id, before)).toEqual([])
  expect(await stand.told('payout.')).toEqual(['payout.queued', 'payout.succeeded'])
  const events = await stand.events('payout.succeeded')
  expect(events[0]!.data).toMatchObject({ payout: { id: payout.id, swap: asked.id } })
})
