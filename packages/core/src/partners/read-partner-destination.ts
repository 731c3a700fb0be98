import { readDestination } from '../destinations/read-destination.ts'
import type { PartnerDestinationKind } from '../domain/partner-destination.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import type { Network } from '../ports/lightning-node.ts'

/**
 * A destination that can be paid again and again, in the one form in which it is stored. Its form alone is
 * checked; nobody is asked. Throws `input.invalid`, `payout.destination-unsupported`, `payout.destination-invalid`.
 */
export function readPartnerDestination(
  value: unknown,
  kind: PartnerDestinationKind,
  network: Network,
): string {
  const field = `payout.${kind}`
  const read = readNamed(value, field, network)
  if (kind === 'onchain') {
    if (read.kind === 'onchain-address') return read.text
    throw invalid(field, 'not-an-address', `expected an on-chain address, this is a ${read.kind}`)
  }
  if (read.kind === 'lightning-address' || read.kind === 'lnurl') return read.text
  throw invalid(
    field,
    'not-reusable',
    `expected a Lightning address or LNURL-pay, which can be paid again; this is a ${read.kind}`,
  )
}

/** The refusal names the field of this call. */
function readNamed(
  value: unknown,
  field: string,
  network: Network,
): ReturnType<typeof readDestination> {
  try {
    return readDestination(value, network)
  } catch (error) {
    if (!PaymentNodeError.is(error, 'input.invalid')) throw error
    const says = error.message.replace(/^[^:]*: /, '')
    throw invalid(field, error.details.reason, says)
  }
}
