/** There is no `Math.min` for bigints. */
export function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other
}

export function largest(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}

export function atLeastZero(amount: bigint): bigint {
  return largest(amount, 0n)
}

export function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}

/** Rounded down to whole satoshi, in msat. */
export function toWholeSat(msat: bigint): bigint {
  return (msat / 1000n) * 1000n
}

/** The whole satoshi above it, in msat: one more also where it is whole. */
export function toNextSat(msat: bigint): bigint {
  return toWholeSat(msat) + 1000n
}
