import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { ApiError } from './api-error.ts'

/** So many in so many seconds. */
export interface RateLimit {
  readonly requests: number
  readonly seconds: number
}

/** Counts per name (a key, an address). */
export interface RequestLimiter {
  /** Throws `api.rate-limited` when this one is too much. */
  count(name: string): Promise<void>
}

/** In the memory of this process; false: no limit. */
export function limitRequests(limit: RateLimit | false): RequestLimiter {
  if (limit === false) return { count: async () => undefined }
  const limiter = new RateLimiterMemory({ points: limit.requests, duration: limit.seconds })
  return {
    async count(name) {
      try {
        await limiter.consume(name)
      } catch (rejected) {
        if (rejected instanceof Error) throw rejected
        const { msBeforeNext } = rejected as RateLimiterRes
        const retryAfter = Math.max(1, Math.ceil(msBeforeNext / 1000))
        throw new ApiError('api.rate-limited', 'Too many requests.', {
          details: { retryAfter },
          advice: `Try again in ${retryAfter} s.`,
        })
      }
    },
  }
}
