import assert from 'node:assert/strict'
import type { Forward } from '@payment-node/core'
import { createOwnInvoice, type Promised } from './contract-case.ts'
import type { NodeContractEnvironment } from './environment.ts'

const day = 86_400_000

async function listForwards(
  { node }: NodeContractEnvironment,
  startTime: number,
  page: { readonly offset: number; readonly limit: number } = { offset: 0, limit: 100 },
): Promise<readonly Forward[]> {
  assert.ok(node.forwards, 'the node has no `forwards`')
  return node.forwards.list({ startTime, endTime: startTime + day, ...page })
}

/** Other people's payments through the node. */
export function forwardingCases(promised: Promised): void {
  // §3 ForwardingHistory: LND writes it down some seconds later.
  promised('each forward is listed once, in order, page by page', async (given) => {
    const { createdAt: startTime } = await createOwnInvoice(given)
    const amounts = [31_000_000n, 32_000_000n, 33_000_000n]
    for (const amountMsat of amounts) await given.forward!(amountMsat)
    await given.waitFor('three forwards', async () => {
      return (await listForwards(given, startTime)).length >= amounts.length
    })
    const forwards = await listForwards(given, startTime)
    assert.equal(forwards.length, amounts.length)
    for (const [position, { amountOutMsat }] of forwards.entries()) {
      const arrived = amounts[position]!
      // Hops behind the node take their fees from it.
      const isPlausible = amountOutMsat >= arrived && amountOutMsat < arrived + 500_000n
      assert.ok(isPlausible, `${amountOutMsat} msat left for ${arrived} msat`)
    }
    const ours = new Set((await given.node.listChannels()).map(({ channelId }) => channelId))
    let previous = BigInt(startTime) * 1_000_000n - 1n
    for (const forward of forwards) {
      assert.ok(forward.at > previous, 'times rise')
      previous = forward.at
      assert.ok(forward.feeMsat > 0n)
      assert.notEqual(forward.channelIdIn, forward.channelIdOut)
      assert.ok(ours.has(forward.channelIdIn), 'it came over a channel of ours')
      assert.ok(ours.has(forward.channelIdOut), 'it left over a channel of ours')
    }
    const paged: Forward[] = []
    for (let offset = 0; offset <= amounts.length; offset++) {
      paged.push(...(await listForwards(given, startTime, { offset, limit: 1 })))
    }
    assert.deepEqual(paged, forwards)
    const pair = await listForwards(given, startTime, { offset: 1, limit: 2 })
    assert.deepEqual(pair, forwards.slice(1))
  })

  promised('before the first moment there are no forwards', async (given) => {
    const { createdAt } = await createOwnInvoice(given)
    assert.deepEqual(await listForwards(given, createdAt - 10 * day), [])
  })
}
