import type { Context, Identity, Leadership } from '../context.ts'
import { createLiquidityMemory, lookAtLiquidity } from '../liquidity/look.ts'
import { createBell } from './bell.ts'

/** Milliseconds: several changes at once are one look. */
const calm = 1000

/** Keeps the node able to receive. */
export async function keepLiquidity(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const bell = createBell(context.clock)
  const memory = createLiquidityMemory()
  context.live.wakeLiquidity = bell.ring
  try {
    while (!signal.aborted) {
      await lookAtLiquidity(context, identity, leadership, memory)
      await context.clock.sleep(calm, signal)
      await bell.wait(context.settings.liquidity.every, signal)
    }
  } finally {
    context.live.wakeLiquidity = () => undefined
  }
}
