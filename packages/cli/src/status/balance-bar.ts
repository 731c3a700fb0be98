/** Amounts of one channel, in msat. */
export interface Balance {
  readonly capacityMsat: bigint
  readonly sendableMsat: bigint
  readonly receivableMsat: bigint
}

/** What can be sent (`█`) beside what can be received (`░`); `·` is neither: reserved, in flight, or inactive. */
export function balanceBar(balance: Balance, width: number): string {
  const { capacityMsat, sendableMsat, receivableMsat } = balance
  const usableMsat = sendableMsat + receivableMsat
  const usable = Math.min(width, share(usableMsat, capacityMsat, width))
  const sendable = share(sendableMsat, usableMsat, usable)
  return '█'.repeat(sendable) + '░'.repeat(usable - sendable) + '·'.repeat(width - usable)
}

/** How many of `cells` a part fills, rounded to the nearest. */
function share(part: bigint, whole: bigint, cells: number): number {
  return whole > 0n ? Number((2n * part * BigInt(cells) + whole) / (2n * whole)) : 0
}
