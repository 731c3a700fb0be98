import type { SelfCustodialSwapProvider, SwapReport } from '../ports/swap-provider.ts'
import type { Pursuit } from '../transactions/mark-transaction.ts'
import type { SwapRow } from './mark-swap.ts'
import { providerOf } from './swap-pursuit.ts'

/** Milliseconds before a provider whose connection broke is asked again; doubled each time, up to the longest. */
const shortest = 5000
const longest = 300_000

/** The providers' words about their swaps, as hints. */
export interface ReportFollower {
  /** From now on these swaps. */
  follow(living: readonly SwapRow[]): void
  stop(): void
}

/** States in which a provider's word can hasten anything. */
const waiting: ReadonlySet<string> = new Set(['paying', 'held', 'lockup-seen'])

interface Watching {
  readonly ids: string
  readonly ending: AbortController
}

/** Watches each provider for all of its swaps at once; one that is away is asked again and again, ever more seldom. */
export function followReports(
  { context, signal }: Pursuit,
  told: (providerId: string, report: SwapReport) => void,
): ReportFollower {
  const watching = new Map<SelfCustodialSwapProvider, Watching>()

  const watch = async (
    provider: SelfCustodialSwapProvider,
    ids: readonly string[],
    until: AbortSignal,
  ): Promise<void> => {
    for (let pause = shortest; !until.aborted; pause = Math.min(longest, 2 * pause)) {
      try {
        for await (const report of provider.watch(ids, until)) {
          pause = shortest
          if (typeof report?.providerId === 'string') told(report.providerId, report)
        }
      } catch (error) {
        if (until.aborted) return
        context.logger.debug('a provider of swaps reports nothing any more', {
          provider: provider.name,
          error: error instanceof Error ? error.message : String(error),
        })
      }
      await context.clock.sleep(pause, until)
      if (until.aborted) return
      await poll(provider, ids, until)
    }
  }

  /** Behind the connection: what was missed. */
  const poll = async (
    provider: SelfCustodialSwapProvider,
    ids: readonly string[],
    until: AbortSignal,
  ): Promise<void> => {
    for (const id of ids) {
      if (until.aborted) return
      const report = await provider.status(id, until).catch(() => undefined)
      if (report) told(id, report)
    }
  }

  return {
    follow(living) {
      const wanted = new Map<SelfCustodialSwapProvider, string[]>()
      for (const row of living) {
        if (!waiting.has(row.state) || row.provider_id === null) continue
        const provider = providerOf({ context }, row)
        if (provider) wanted.set(provider, [...(wanted.get(provider) ?? []), row.provider_id])
      }
      for (const [provider, { ids, ending }] of watching) {
        if (wanted.get(provider)?.join() === ids) continue
        ending.abort()
        watching.delete(provider)
      }
      for (const [provider, ids] of wanted) {
        if (watching.has(provider)) continue
        const ending = new AbortController()
        watching.set(provider, { ids: ids.join(), ending })
        void watch(provider, ids, AbortSignal.any([signal, ending.signal]))
      }
    },
    stop() {
      for (const { ending } of watching.values()) ending.abort()
      watching.clear()
    },
  }
}
