import type { SwapReport } from '@payment-node/core'
import { PaymentNodeError } from '@payment-node/core'
import { idForm, MalformedAnswer, recordOf } from './answer-fields.ts'
import { failed } from './provider-errors.ts'
import { readReport } from './read-report.ts'
import type { Server } from './server.ts'

/** Asks for the states of swaps, many at once. */
export interface StatusBook {
  /** Of one swap; calls of the same moment share a request. */
  status(providerId: string, signal?: AbortSignal): Promise<SwapReport>
  /** Of all of them that the server knows. */
  statuses(providerIds: readonly string[], signal: AbortSignal): Promise<readonly SwapReport[]>
}

/** The protocol's bound. */
const mostIds = 64
const largestAnswer = 4 * 1024 * 1024
const largestSingle = 1024 * 1024

interface Waiter {
  readonly providerId: string
  resolve(report: SwapReport): void
  reject(error: unknown): void
}

/** Asks nothing yet. */
export function createStatusBook(server: Server): StatusBook {
  let waiting: Waiter[] = []
  /** What a request for many ended with 404 for. */
  const alone = new Set<string>()

  const askOne = (providerId: string, signal?: AbortSignal): Promise<SwapReport> =>
    server.ask({
      method: 'GET',
      path: `/swap/${providerId}`,
      maximumBytes: largestSingle,
      signal,
      read: (answer) => readReport(providerId, answer),
    })

  const askMany = (
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, SwapReport | unknown>> =>
    server.ask({
      method: 'GET',
      path: `/swap/status?${ids.map((id) => `ids=${id}`).join('&')}`,
      maximumBytes: largestAnswer,
      signal,
      read: (answer) => readMany(server.name, ids, answer),
    })

  /** One request; when the server does not know one of them, or not the request, one each. */
  async function askChunk(
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, SwapReport | unknown>> {
    const together = ids.filter((id) => !alone.has(id))
    const reports = new Map<string, SwapReport | unknown>()
    const apart = ids.filter((id) => alone.has(id))
    if (together.length > 1) {
      try {
        for (const [id, report] of await askMany(together, signal)) reports.set(id, report)
      } catch (error) {
        if (!PaymentNodeError.is(error, 'swap.refused')) throw error
        if (error.details.reason === 'rate-limited') throw error
        apart.push(...together)
      }
    } else apart.push(...together)
    for (const id of apart) {
      try {
        reports.set(id, await askOne(id, signal))
      } catch (error) {
        if (!PaymentNodeError.is(error, 'swap.refused')) throw error
        alone.add(id)
        reports.set(id, error)
      }
    }
    return reports
  }

  async function serve(): Promise<void> {
    // Whoever asks in the same moment is in.
    await Promise.resolve()
    const all = waiting
    waiting = []
    for (let start = 0; start < all.length; start += mostIds) {
      const chunk = all.slice(start, start + mostIds)
      try {
        const reports = await askChunk([...new Set(chunk.map(({ providerId }) => providerId))])
        for (const { providerId, resolve, reject } of chunk) {
          const report = reports.get(providerId)
          if (isReport(report)) resolve(report)
          else reject(report ?? failed(server.name, 'malformed', 'a swap is missing', 'none'))
        }
      } catch (error) {
        for (const { reject } of chunk) reject(error)
      }
    }
  }

  return {
    status(providerId, signal) {
      requireId(server, providerId)
      return new Promise((resolve, reject) => {
        const abort = (): void =>
          reject(failed(server.name, 'aborted', 'the caller gave up', 'none'))
        if (signal?.aborted) return abort()
        signal?.addEventListener('abort', abort, { once: true })
        const end = (): void => signal?.removeEventListener('abort', abort)
        waiting.push({
          providerId,
          resolve: (report) => {
            end()
            resolve(report)
          },
          reject: (error) => {
            end()
            reject(error)
          },
        })
        if (waiting.length === 1) void serve()
      })
    },
    async statuses(providerIds, signal) {
      const found: SwapReport[] = []
      for (let start = 0; start < providerIds.length; start += mostIds) {
        const reports = await askChunk(providerIds.slice(start, start + mostIds), signal)
        for (const report of reports.values()) {
          if (isReport(report)) found.push(report)
          else if (!PaymentNodeError.is(report, 'swap.refused')) throw report
        }
      }
      return found
    },
  }
}

/** Its name comes from core, and was read when the swap was created. */
export function requireId({ name }: Server, providerId: string): void {
  if (!idForm.test(providerId)) {
    throw failed(name, 'malformed', 'it has no swap of this name', 'none')
  }
}

/** What cannot be read of one swap says nothing about the others. */
function readMany(
  name: string,
  ids: readonly string[],
  answer: unknown,
): ReadonlyMap<string, SwapReport | unknown> {
  const told = recordOf(answer, 'the answer')
  return new Map(
    ids.map((id): readonly [string, SwapReport | Error] => {
      try {
        return [id, readReport(id, told[id])]
      } catch (error) {
        if (!(error instanceof MalformedAnswer)) throw error
        return [id, failed(name, 'malformed', error.message, 'none', error)]
      }
    }),
  )
}

function isReport(report: unknown): report is SwapReport {
  return typeof report === 'object' && report !== null && 'status' in report
}
