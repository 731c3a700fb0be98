/** All bitcoin there will ever be, in satoshi. */
const mostSat = 2_100_000_000_000_000n

/** An amount in satoshi from 0 to 21 million bitcoin; undefined when it cannot be one. */
export function readSat(text: string): bigint | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined
  const amount = BigInt(text)
  return amount <= mostSat ? amount : undefined
}
