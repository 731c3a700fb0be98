/** LND's largest channel without wumbo, in msat. */
const largestMsat = 16_777_215_000n

function scaled(most: number, stakeMsat: bigint, least: number): number {
  const value = Number((BigInt(most) * stakeMsat) / largestMsat)
  return Math.min(most, Math.max(least, value))
}

/** Confirmations until a new channel is used, 1 to 6: by what the receiver has at stake. */
export function openConfirmations(capacityMsat: bigint, pushMsat: bigint): number {
  return scaled(6, capacityMsat + pushMsat, 1)
}

/** Confirmations after which LND ≥ 0.21 believes a close, 3 to 6. */
export function closeConfirmations(capacityMsat: bigint): number {
  return scaled(6, capacityMsat, 3)
}

/** Blocks that an end waits for its own output after its force close, 144 to 2016. */
export function closerDelay(capacityMsat: bigint): number {
  return scaled(2016, capacityMsat, 144)
}
