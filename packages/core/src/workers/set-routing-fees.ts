import type { Context, Identity, Leadership } from '../context.ts'
import type { RoutingPolicies } from '../ports/node-channels.ts'
import { adjustFees } from '../routing/adjust-fees.ts'
import { repeatPatiently } from './repeat-patiently.ts'

/** Milliseconds between looks: each costs LND one call per channel. */
const every = 300_000

/** Keeps the routing fees of our channels at what the rule says. */
export function setRoutingFees(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  policies: RoutingPolicies,
  signal: AbortSignal,
): Promise<void> {
  const step = (): Promise<void> => adjustFees(context, identity, leadership, policies, signal)
  return repeatPatiently(context, 'routing-fees', every, step, signal)
}
