import type { Context, Identity, Leadership } from '../context.ts'
import type { ForwardingHistory } from '../ports/node-channels.ts'
import { recordForwards } from '../routing/record-forwards.ts'
import { repeatPatiently } from './repeat-patiently.ts'

/** Milliseconds between looks: LND writes forwards down some seconds later. */
const every = 60_000

/** Copies LND's forwarding history into the books. */
export function bookForwards(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  history: ForwardingHistory,
  signal: AbortSignal,
): Promise<void> {
  const step = (): Promise<void> => recordForwards(context, identity, leadership, history, signal)
  return repeatPatiently(context, 'forwards', every, step, signal)
}
