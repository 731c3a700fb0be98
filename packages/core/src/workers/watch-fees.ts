import type { Context, Identity, Leadership } from '../context.ts'
import { newestObservation, pruneObservations, recordObservations } from '../fees/observations.ts'
import { isFeerate, readFeerate } from '../transactions/current-feerate.ts'
import { repeatPatiently } from './repeat-patiently.ts'

const day = 86_400_000

/** Records the feerate again and again: what is low is told from it. */
export async function watchFees(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const { fees } = context.settings
  const step = async (): Promise<void> => {
    await importHistory(context, identity, leadership, signal)
    const { satPerVbyte, source } = await readFeerate(context)
    const point = { at: context.clock.now(), satPerVbyte }
    await recordObservations(context, identity, leadership, source, [point])
    await pruneObservations(context, identity, leadership)
  }
  await repeatPatiently(context, 'fees', fees.observeEvery, step, signal)
}

/** What the source remembers of the time in which nobody recorded anything. */
async function importHistory(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const { source, days, observeEvery } = context.settings.fees
  if (!source?.history) return
  const now = context.clock.now()
  const since = Math.max((await newestObservation(context, identity)) ?? 0, now - days * day)
  if (now - since < 2 * observeEvery) return
  try {
    const past = await source.history(since, signal)
    const points = past.filter(
      ({ at, satPerVbyte }) =>
        Number.isInteger(at) && at > since && at <= now && isFeerate(satPerVbyte),
    )
    await recordObservations(context, identity, leadership, source.name, points)
  } catch (error) {
    if (signal.aborted) return
    context.logger.warn('the fee source does not tell its history', {
      source: source.name,
      error: error instanceof Error ? error.message : String(error),
    })
  }
}
