/** LND's lowest feerate, so that rounding never falls below what relays; sat per 1000 weight units. */
const lowestSatPerKw = 253n

/** Fee in whole satoshi of a transaction of `weight` at `satPerVbyte`, as LND computes it. */
export function transactionFeeSat(satPerVbyte: number, weight: bigint): bigint {
  const asked = BigInt(Math.floor(satPerVbyte * 250))
  const satPerKw = asked > lowestSatPerKw ? asked : lowestSatPerKw
  return (satPerKw * weight) / 1000n
}

/** Version, counts, lock time and the witness marker. */
export const frameWeight = 42n
/** An input of LND's wallet: taproot, spent by key. */
export const inputWeight = 230n
/** A taproot or P2WSH output. */
export const outputWeight = 172n
