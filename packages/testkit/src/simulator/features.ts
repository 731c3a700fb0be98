/** What a host uses besides invoices and payouts of invoices; each run has some of them. */
export const allFeatures = [
  /** Partners with fees, commissions, times of holding, caps; corrections. */
  'settings',
  /** Payouts to Lightning addresses. */
  'lnurl',
  /** Payouts on chain. */
  'onchain',
  'refunds',
  /** Balances that are paid by themselves. */
  'automatic',
  'webhooks',
  /** What is the operator's own and free goes to its own address. */
  'operator',
  /** Lightning money becomes on-chain money, with two providers. */
  'swaps',
  /** The autopilot acts: with the swaps of the operator, and by itself. */
  'autopilot',
  /** A daemon of the operator's swaps with our LND. */
  'delegated',
] as const

/** One of them. */
export type Feature = (typeof allFeatures)[number]

/** Whether such a host has providers of swaps. */
export function usesSwaps(features: readonly Feature[]): boolean {
  return features.includes('swaps')
}

/** Whether such a host has a daemon that swaps. */
export function usesDaemon(features: readonly Feature[]): boolean {
  return features.includes('delegated')
}

/** Whether such a host makes transactions. */
export function paysOnchain(features: readonly Feature[]): boolean {
  return (['onchain', 'operator', 'swaps', 'delegated'] as const).some((one) =>
    features.includes(one),
  )
}
