import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { readTransaction } from '../../src/swaps/kit/read-transaction.ts'
import { openWithPayout } from './payout-stand.ts'

test('the paid partner pins the claim with a child that is large and cheap: few replacements are refused, one near the timeout is above it, nothing is lost', async () => {
  const stand = await openWithPayout({
    faults: ['vanishes-after-lockup'],
    server: { timeoutBlocks: 120 },
  })
  const { run, node, network, lnd } = stand
  const before = await stand.assets()
  const childSat = 100_000n
  const { id } = await stand.askForPayout()
  // The first claim is too cheap for every block after it, and stays in the mempool.
  let pinned: { readonly id: string; readonly feeSat: bigint } | undefined
  const refused: bigint[] = []
  lnd.faults.add(({ call, moment, parameters }) => {
    if (call !== 'publishTransaction' || moment !== 'before-effect') return undefined
    const offered = readTransaction(Buffer.from(parameters[0] as Uint8Array).toString('hex'))!
    const feeSat = lockupSat - offered.outputs.reduce((sum, { valueSat }) => sum + valueSat, 0n)
    pinned ??= { id: offered.txid, feeSat }
    // A replacement pays for all that it takes out of the mempool (BIP125 rule 3).
    if (offered.txid === pinned.id || feeSat > pinned.feeSat + childSat) return undefined
    refused.push(feeSat)
    const says = { call, reason: 'insufficient fee' }
    return { error: new PaymentNodeError('node.refused', 'insufficient fee', says) }
  })
  let lockupSat = 0n
  for (let round = 0; round < 30 && !pinned; round++) {
    const { onchain } = await stand.swap(id)
    lockupSat = (onchain?.msat ?? 0n) / 1000n
    if (round > 1) network.mine()
    await stand.settle(6000)
  }
  network.setFeerate(20)
  const swap = await stand.untilEnded(id, 130)
  expect(swap.state).toBe('claimed')
  const { claims } = await run(node.swaps.explain(id))
  const buried = claims.find(({ confirmedHeight }) => confirmedHeight !== null)!
  // Refused at block after block, and stored only as often as the ladder asks for more.
  expect(claims).toHaveLength(7)
  expect(refused.length).toBeGreaterThan(0)
  expect(buried.fee.msat / 1000n).toBeGreaterThan(childSat)
  expect(buried.confirmedHeight!).toBeLessThan(swap.timeoutHeight!)
  // Above the rest beside the payout it is the wallet that is paid.
  expect(buried.paysPayout).toBe(false)
  expect(await stand.paying()).toMatchObject({ state: 'queued' })
  expect(await stand.faultsOf(id, before)).toEqual([])
})
