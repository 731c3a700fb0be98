import { ask } from '../ask-host.ts'
import type { World } from '../world.ts'
import type { DaemonTrade } from './plan-daemon-swaps.ts'

/** The operator swaps with his daemon. */
export async function requestDaemonSwap(
  world: World,
  trade: Extract<DaemonTrade, { readonly do: 'daemon-swap' }>,
): Promise<void> {
  const { name, amountSat, isWithdrawal, urgency } = trade
  const { daemon } = world
  if (!daemon) return
  const destination = isWithdrawal ? await daemon.outsideAddress() : undefined
  await ask(world, name, (node) =>
    node.swaps.request(
      {
        amount: `${amountSat} sat`,
        urgency,
        providers: [daemon.name],
        ...(destination !== undefined && { destination }),
      },
      { idempotencyKey: name },
    ),
  )
}

/** Swaps that need somebody: when that was seen first, and whether the operator is at it. */
const stuck = new WeakMap<World, Map<string, { readonly since: number; isHelped: boolean }>>()

/** Reasons for which an impatient operator gives a swap up: the daemon knows nothing, or what cannot be. */
export const givenUpAtOnce: readonly string[] = ['daemon-forgot', 'duplicate-label', 'bad-answer']

/** The operator gives up what needs him, for one of these reasons (default any), for so many milliseconds. */
export async function giveUpStuck(
  world: World,
  reasons: readonly string[] | undefined,
  age = 0,
): Promise<void> {
  const known = stuck.get(world) ?? new Map()
  stuck.set(world, known)
  for (const row of world.books.table('swaps').values()) {
    const id = row.id as string
    if (row.custody !== 'delegated' || row.state !== 'needs-operator') continue
    const one = known.get(id) ?? { since: world.elapsed(), isHelped: false }
    known.set(id, one)
    if (one.isHelped || (reasons && !reasons.includes(row.reason as string))) continue
    if (world.elapsed() - one.since < age) continue
    one.isHelped = true
    await ask(world, `give up ${id}`, (node) => node.swaps.giveUp(id, 'nobody goes on with it'))
    // While LND has its payment it is not given up: he tries again.
    await world.clock.sleep(30_000)
    known.delete(id)
  }
}
