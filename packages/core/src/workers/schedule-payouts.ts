import type { Context } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { runScheduled } from '../payouts/run-automatic.ts'
import { repeatPatiently } from './repeat-patiently.ts'

/** Pays what is due by rule, every so many milliseconds. While outgoing money is halted nothing is due. */
export function schedulePayouts(
  context: Context,
  every: number,
  signal: AbortSignal,
): Promise<void> {
  return repeatPatiently(context, 'automatic-payouts', every, () => pay(context), signal)
}

async function pay(context: Context): Promise<void> {
  try {
    const { requested } = await runScheduled(context)
    if (requested.length > 0)
      context.logger.info('automatic payouts', { requested: requested.length })
  } catch (error) {
    if (!PaymentNodeError.is(error, 'safety.halted')) throw error
  }
}
