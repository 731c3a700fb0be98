import type { SwapLimits, SwapQuote } from '@payment-node/core'
import { refused } from './provider-errors.ts'
import { type Pair, readPair, serviceFeeSat } from './read-pair.ts'
import { readPayees } from './read-payees.ts'
import type { Server } from './server.ts'

/** The server's prices; limits and quotes that are asked for together ask it once. */
export interface PriceList {
  limits(signal?: AbortSignal): Promise<SwapLimits>
  quote(amountSat: bigint, signal?: AbortSignal): Promise<SwapQuote>
  /** The next question asks the server again. */
  forget(): void
}

const largestAnswer = 65_536
/** Milliseconds for which an answer is taken again. */
const pairLasts = 5_000
const payeesLast = 600_000
/** Milliseconds for which core may take a quote; the server tells by its hash when it changed before. */
const quoteLasts = 300_000

interface Kept<T> {
  readonly value: T
  /** Monotonic milliseconds. */
  readonly until: number
}

/** Asks nothing yet. */
export function createPriceList(server: Server): PriceList {
  const { name, clock } = server
  let pair: Kept<Pair> | undefined
  let payees: Kept<readonly string[]> | undefined

  async function currentPair(signal: AbortSignal | undefined): Promise<Pair> {
    if (pair && pair.until > clock.monotonic()) return pair.value
    const value = await server.ask({
      method: 'GET',
      path: '/swap/reverse',
      maximumBytes: largestAnswer,
      signal,
      read: readPair,
    })
    if (!value) throw refused(name, 'suspended', 'it has no pair of bitcoin and bitcoin')
    pair = { value, until: clock.monotonic() + pairLasts }
    return value
  }

  /** Good to know, and no reason to go without a quote. */
  async function currentPayees(signal: AbortSignal | undefined): Promise<readonly string[]> {
    if (payees && payees.until > clock.monotonic()) return payees.value
    const value = await server
      .ask({
        method: 'GET',
        path: '/nodes',
        maximumBytes: largestAnswer,
        signal,
        read: readPayees,
      })
      .catch(() => [])
    payees = { value, until: clock.monotonic() + payeesLast }
    return value
  }

  return {
    async limits(signal) {
      const { minimumSat, maximumSat } = await currentPair(signal)
      return { minimumSat, maximumSat }
    },
    async quote(amountSat, signal) {
      const found = await currentPair(signal)
      if (amountSat < found.minimumSat) {
        throw refused(name, 'below-minimum', `${found.minimumSat} sat is the least`)
      }
      if (amountSat > found.maximumSat) {
        throw refused(name, 'above-maximum', `${found.maximumSat} sat is the most`)
      }
      const keys = await currentPayees(signal)
      return {
        amountSat,
        serviceSat: serviceFeeSat(found, amountSat),
        priceId: found.hash,
        ...(keys.length > 0 && { payees: keys }),
        lockupSat: found.lockupSat,
        claimSat: found.claimSat,
        prepayAtRiskSat: 0n,
        expiresAt: clock.now() + quoteLasts,
      }
    },
    forget() {
      pair = undefined
    },
  }
}
