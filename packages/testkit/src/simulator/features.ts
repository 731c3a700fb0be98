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
] as const

/** One of them. */
export type Feature = (typeof allFeatures)[number]
