import type { Context, Identity, Leadership } from '../context.ts'

/** Milliseconds the lease is taken for, and between renewals. */
const leaseFor = 15_000
const renewEvery = 4_000

/**
 * Holds the lease that makes this process the one that receives and pays for its LND node, and runs
 * `work` while it has it. Ends when `signal` aborts; gives the lease up then.
 */
export async function lead(
  context: Context,
  identity: Identity,
  holder: string,
  work: (leadership: Leadership, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const name = `leader@${identity.publicKey}`
  while (!signal.aborted) {
    const askedAt = context.clock.monotonic()
    const lease = await take(context, name, holder)
    if (!lease) {
      await context.clock.sleep(renewEvery, signal)
      continue
    }
    let renewedAt = askedAt
    const leadership: Leadership = {
      epoch: lease.epoch,
      fence: { lease: name, epoch: lease.epoch },
      // Two thirds: the storage's clock may run faster than ours.
      isFresh: () => context.clock.monotonic() - renewedAt < (leaseFor * 2) / 3,
    }
    const losing = new AbortController()
    const working = work(leadership, AbortSignal.any([signal, losing.signal]))
    context.live.leadership = leadership
    while (!signal.aborted) {
      await context.clock.sleep(renewEvery, AbortSignal.any([signal, losing.signal]))
      if (signal.aborted) break
      const at = context.clock.monotonic()
      const renewed = await take(context, name, holder)
      if (renewed?.epoch === lease.epoch) renewedAt = at
      else if (!leadership.isFresh() || renewed) break
    }
    context.live.leadership = undefined
    losing.abort()
    await working
  }
  await context.storage.lease(name, { holder, for: 0 }).catch(() => undefined)
}

async function take(context: Context, name: string, holder: string) {
  try {
    return await context.storage.lease(name, { holder, for: leaseFor })
  } catch (error) {
    context.logger.warn('the lease cannot be taken now', { error: String(error) })
    return undefined
  }
}
