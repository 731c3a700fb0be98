import { ask } from './ask-host.ts'
import type { Action } from './plan-workload.ts'
import type { World } from './world.ts'

/** The operator asks for a channel, under a key of his own. */
export async function openChannel(
  world: World,
  { name, peer, capacitySat }: Extract<Action, { readonly do: 'open' }>,
): Promise<void> {
  const target = world.listed[peer % Math.max(1, world.listed.length)]
  if (!target) return
  await ask(world, `open ${name}`, (node) =>
    node.channels.open(
      { peer: target.publicKey, address: target.address, capacity: `${capacitySat} sat` },
      { idempotencyKey: name },
    ),
  )
}

/** The operator closes a channel that was opened by an intent, if there is one. */
export async function closeChannel(
  world: World,
  { position, force }: Extract<Action, { readonly do: 'close' }>,
): Promise<void> {
  const opened = [...world.books.table('channel_intents').values()].filter(
    ({ channel_point: point }) => point !== null,
  )
  const intent = opened[position % Math.max(1, opened.length)]
  if (!intent) return
  await ask(world, `close ${intent.channel_point}`, (node) =>
    node.channels.close(intent.channel_point as string, { reason: 'the operator says so', force }),
  )
}

/** The operator stops the keeper for a while. */
export async function pauseKeeper(world: World, milliseconds: number): Promise<void> {
  const paused = await ask(world, 'pause keeper', (node) => node.keeper.pause('for a while'))
  if ('refused' in paused) return
  await world.clock.sleep(milliseconds)
  await ask(world, 'resume keeper', (node) => node.keeper.resume('go on'))
}
