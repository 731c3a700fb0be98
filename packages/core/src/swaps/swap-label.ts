const prefix = 'payment-node:swap:'

/** How a claim is labelled in LND's wallet: `payment-node:swap:<id>`. */
export function swapLabel(swap: string): string {
  return `${prefix}${swap}`
}

/**
 * How a rescue labels the claim of a swap that no books have under way: `payment-node:rescue:<id>`. To the books it is
 * what other hands did.
 */
export function rescueLabel(swap: string): string {
  return `payment-node:rescue:${swap}`
}

/** The id of the swap that a transaction of LND's wallet claims; undefined for everything else. */
export function labelledSwap(label: string): string | undefined {
  return label.startsWith(prefix) ? label.slice(prefix.length) : undefined
}
