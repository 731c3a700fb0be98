import type { SimulatedNode } from '@payment-node/testkit'
import { hubPolicy } from '../build-world.ts'
import { inSat } from '../clock-face.ts'
import type { Day } from '../simulated-day.ts'
import { until } from '../stage.ts'

/** What the shop opens it can send over; what it can receive comes from the channels of others. */
export async function othersOpenChannels(day: Day): Promise<void> {
  const { shop, world } = day
  await day.passUntil('07:20')
  const { anna } = world.customers
  const { north, south } = world.hubs
  const plans: [SimulatedNode, bigint][] = [
    [anna, 1_000_000n],
    [north, 3_000_000n],
    [south, 3_000_000n],
  ]
  for (const [node, capacitySat] of plans) {
    node.fund(capacitySat + 100_000n)
    node.openChannel(world.lnd, { capacitySat })
  }
  await day.nextBlock()
  await until('the channels of others to be active', async () => {
    const { channels } = await shop.look()
    const theirs = channels.filter(({ isInitiator }) => !isInitiator)
    return theirs.length === plans.length && theirs.every(({ state }) => state === 'active')
  })
  for (const hub of [north, south]) await setFees(day, hub)
  const { channels } = await shop.look()
  const receivable = channels.reduce((sum, channel) => sum + channel.receivable.msat, 0n)
  await day.tell(
    'shop',
    `Anna, north and south open channels to the shop: it can receive ${inSat(receivable)} now`,
  )
}

/** A hub asks the same for all its channels to the shop: it forwards over any of them (BOLT4). */
async function setFees({ world }: Day, hub: SimulatedNode): Promise<void> {
  const policies = hub.lightning.policies!
  const channels = await hub.lightning.listChannels()
  const toShop = channels.filter(({ peer }) => peer === world.lnd.publicKey)
  for (const { channelPoint } of toShop) {
    await until(`${hub.alias} to know its channel in the graph`, async () => {
      const known = (await policies.read()).find((one) => one.channelPoint === channelPoint)
      if (known) await policies.write({ ...known, ...hubPolicy })
      return known !== undefined
    })
  }
}
