import type { World } from '@payment-node/testkit'
import { eventually, must, rows } from './operation.ts'

/** A channel becomes ours; the autopilot may do nothing yet. */
export async function adopt(world: World, point: string): Promise<void> {
  await must(world, 'pause', (node) => node.liquidity.pause('not yet'))
  await eventually(
    world,
    () => rows(world, 'channels', { channel_point: point, state: 'active' }).length === 1,
  )
  await must(world, 'adopt', (node) => node.channels.adopt(point, 'ours'))
}

export async function letAct(world: World): Promise<void> {
  await must(world, 'resume', async (node) => {
    if ((await node.liquidity.status()).isPaused) await node.liquidity.resume('now')
  })
}

/** What it has started, by the runs that decided it. */
export function actedOn(world: World): readonly unknown[] {
  return rows(world, 'liquidity_runs', { verdict: 'act', mode: 'act' }).map(({ id }) => id)
}
