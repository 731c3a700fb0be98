import { createHash } from 'node:crypto'
import { type AddressReading, readAddress } from '../domain/onchain-address.ts'
import type { Network } from '../ports/lightning-node.ts'
import { invalidDestination } from './refuse-destination.ts'

/** {@link readAddress} with Node's SHA-256. Never throws for text. */
export function parseAddress(text: string, network: Network): AddressReading {
  return readAddress(text, network, (data) => createHash('sha256').update(data).digest())
}

/** The address as it is stored. Throws `payout.destination-invalid` with the reason. */
export function requireAddress(text: string, network: Network): string {
  const reading = parseAddress(text, network)
  if (reading.isPayable) return reading.address
  throw invalidDestination(
    'destination',
    reading.reason,
    `as an address of ${network} it is not usable: ${reading.says}`,
  )
}
