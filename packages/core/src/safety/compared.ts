import type { Context, Leadership } from '../context.ts'

/**
 * Whether books and LND were compared under this leadership, and LND has not broken off since. Asked
 * directly before anything is handed to LND that cannot be taken back: payments, opens, closes. What the
 * comparison found wrong is in the kill switch.
 */
export function isCompared({ live }: Context, { epoch }: Leadership): boolean {
  return live.compared?.epoch === epoch && live.compared.doubts === live.doubts
}

/** Whether LND's wallet shows no transaction that pays payouts of these books without them. */
export function areTransactionsCompared(
  { live }: Pick<Context, 'live'>,
  { epoch }: Pick<Leadership, 'epoch'>,
): boolean {
  const { transactionsCompared: compared, doubts } = live
  return compared?.epoch === epoch && compared.doubts === doubts
}

/** LND broke off: when it answers again it may be another state of itself, so it is compared anew. */
export function doubtNode({ live }: Context): void {
  live.doubts++
  live.compareAgain()
}

/** Resolves when it is compared, after a moment, or when `signal` aborts; answers whether it is. */
export async function whenCompared(
  context: Context,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<boolean> {
  if (isCompared(context, leadership)) return true
  const watch = context.live.watchSubject('state', signal)
  await watch.happened
  watch.stop()
  return isCompared(context, leadership)
}
