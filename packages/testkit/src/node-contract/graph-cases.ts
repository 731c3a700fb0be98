import assert from 'node:assert/strict'
import type { NetworkGraph, RoutingPolicies, RoutingPolicy } from '@payment-node/core'
import { errorOf, type Promised } from './contract-case.ts'
import type { NodeContractEnvironment } from './environment.ts'
import { strangersKey, strangersOutpoint } from './manage-channels.ts'

function graphOf({ node }: NodeContractEnvironment): NetworkGraph {
  assert.ok(node.graph, 'the node has no `graph`')
  return node.graph
}

function policiesOf({ node }: NodeContractEnvironment): RoutingPolicies {
  assert.ok(node.policies, 'the node has no `policies`')
  return node.policies
}

async function readPolicy(
  given: NodeContractEnvironment,
  channelPoint: string,
): Promise<RoutingPolicy | undefined> {
  const all = await policiesOf(given).read()
  return all.find((one) => one.channelPoint === channelPoint)
}

/** What the graph knows, and what our channels ask. */
export function graphCases(promised: Promised): void {
  // §2 GetNodeInfo with include_channels.
  promised('the graph knows the peer with its channels', async (given) => {
    const { publicKey } = given.peer
    await given.waitFor('the announcement of the peer', async () => {
      const known = await graphOf(given).findNode(publicKey)
      return (known?.channels ?? 0) > 0 && known!.lastUpdateAt > 0
    })
    const found = (await graphOf(given).findNode(publicKey))!
    assert.equal(found.publicKey, publicKey)
    assert.ok(found.alias.length > 0)
    assert.ok(found.capacitySat > 0n)
    assert.ok(found.smallestChannelSat! > 0n && found.smallestChannelSat! <= found.capacitySat)
    // Milliseconds, not seconds.
    assert.ok(found.lastUpdateAt > 1_600_000_000_000, `${found.lastUpdateAt}`)
    for (const address of found.addresses) assert.match(address, /^.+:\d+$/)
  })

  promised('the graph does not know a stranger', async (given) => {
    assert.equal(await graphOf(given).findNode(strangersKey()), undefined)
  })

  // §3 UpdateChannelPolicy writes all values.
  promised('a policy reads as it was written', async (given) => {
    await given.waitFor('a policy', async () => (await policiesOf(given).read()).length > 0)
    const [before] = await policiesOf(given).read()
    const { channelPoint } = before!
    const wanted = { channelPoint, baseFeeMsat: 2_345n, feeRatePpm: 678, timeLockDeltaBlocks: 91 }
    await policiesOf(given).write(wanted)
    await given.waitFor('the written policy', async () => {
      return (await readPolicy(given, channelPoint))?.feeRatePpm === wanted.feeRatePpm
    })
    assert.deepEqual(await readPolicy(given, channelPoint), wanted)
    await policiesOf(given).write({ ...wanted, baseFeeMsat: 0n, feeRatePpm: 0 })
    await given.waitFor('the free policy', async () => {
      return (await readPolicy(given, channelPoint))?.feeRatePpm === 0
    })
    assert.equal((await readPolicy(given, channelPoint))?.baseFeeMsat, 0n)
    await policiesOf(given).write(before!)
    await given.waitFor('the first policy', async () => {
      return (await readPolicy(given, channelPoint))?.feeRatePpm === before!.feeRatePpm
    })
  })

  // §3: "failed_updates": OK status is not applied.
  promised('a policy for an unknown channel is refused', async (given) => {
    const work = policiesOf(given).write({
      channelPoint: strangersOutpoint(),
      baseFeeMsat: 1_000n,
      feeRatePpm: 1,
      timeLockDeltaBlocks: 80,
    })
    await errorOf(work, 'node.refused')
  })
}
