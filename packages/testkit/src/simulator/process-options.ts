import { peerList, silentLogger } from '@payment-node/core'
import { createSeededRandom } from '../network/seeded-random.ts'
import type { SimulatedNode } from '../network/simulated-node.ts'
import { type Feature, usesDaemon, usesSwaps } from './features.ts'
import type { ProcessOptions } from './open-process.ts'
import type { Limits } from './world.ts'

/** Made once: the same in every world. */
const invoiceKey = createSeededRandom('the key of the simulated shop').bytes(32)
const swapKey = createSeededRandom('the swap key of the simulated shop').bytes(32)

/** How the simulated host starts its payment node. Times are short, so that hours of waiting are minutes. */
export function processOptions(
  limits: Limits,
  listed: readonly SimulatedNode[],
  features: readonly Feature[],
  operatorAddress: string,
): ProcessOptions {
  return {
    keys: { invoices: invoiceKey, ...(usesSwaps(features) && { swaps: swapKey }) },
    logger: silentLogger,
    timing: { sweep: '2m' },
    partners: { destinationCoolDown: limits.destinationCoolDown / 1000 },
    fees: { hardCeiling: limits.hardCeiling },
    payouts: {
      waitForDestination: '4m',
      ...(features.includes('automatic') && { automatic: { every: '1m', minimum: '20000 sat' } }),
      ...(features.includes('operator') && {
        automatic: { every: '1m', minimum: '20000 sat' },
        operatorAddress,
        operatorMinimum: '50000 sat',
        operatorReserve: `${limits.operatorReserveMsat} msat`,
      }),
    },
    ...(features.includes('webhooks') && { webhooks: { keepDeliveries: '1d' } }),
    ...((usesSwaps(features) || usesDaemon(features)) && {
      swapping: {
        perDay: `${limits.swapping.perDayMsat} msat`,
        inFlight: `${limits.swapping.inFlightMsat} msat`,
        inFlightPerProvider: `${limits.swapping.inFlightPerProviderMsat} msat`,
        perSwap: `${limits.swapping.perSwapMsat} msat`,
        claimCeiling: limits.swapping.claimCeiling,
        maximumPpm: 30_000,
      },
    }),
    ...(features.includes('autopilot') && {
      liquidity: {
        mode: 'act' as const,
        // Deposits bring it under these at once: runs are short.
        lowInbound: 590_000,
        urgentInbound: 500_000,
        outboundShare: Number(limits.swapping.outboundSharePpm),
        hysteresis: 20_000,
        acceptablePpm: 25_000,
        ceilingPpm: 30_000,
        minimum: '100000 sat',
        settlePeriod: '20s',
        every: '20s',
      },
    }),
    transactions: {
      collectFor: '20s',
      bumpBudgetPerDay: `${limits.bumpBudgetPerDayMsat} msat`,
    },
    caps: {
      perDay: `${limits.capPerDayMsat} msat`,
      operatorPerDay: `${limits.capPerDayMsat} msat`,
      perPayout: `${limits.capPerPayoutMsat} msat`,
    },
    ...(listed.length > 0 && {
      channelSources: [
        peerList(
          listed.map(({ publicKey, alias, address }, position) => ({
            publicKey,
            address,
            alias,
            rank: position + 1,
          })),
        ),
      ],
      channels: {
        mode: 'act' as const,
        minimumActive: 2,
        capacity: '1000000 sat',
        budgetPerMonth: `${limits.budgetPerMonthMsat} msat`,
        settlePeriod: '20s',
        gracePeriod: '2m',
        coolDown: '1m',
      },
    }),
  }
}
