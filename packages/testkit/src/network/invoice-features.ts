import type { InvoiceFeature } from '@payment-node/core'
import type bolt11 from 'bolt11'

/** BOLT9 bits that may stand in an invoice, by their even (required) number; names as LND says them. */
const names: ReadonlyMap<number, string> = new Map([
  [8, 'tlv-onion'],
  [14, 'payment-addr'],
  [16, 'multi-path-payments'],
  [24, 'route-blinding'],
  [30, 'amp'],
  [48, 'payment-metadata'],
  [262, 'bolt-11-blinded-paths'],
])

/** Bit 0 and up, two each, in the order in which the `bolt11` package names them. */
const packageNames = [
  'option_data_loss_protect',
  'initial_routing_sync',
  'option_upfront_shutdown_script',
  'gossip_queries',
  'var_onion_optin',
  'gossip_queries_ex',
  'option_static_remotekey',
  'payment_secret',
  'basic_mpp',
  'option_support_large_channel',
] as const

/** The feature bits that an invoice sets, lowest first. */
export function featuresOf(read: bolt11.TagsObject['feature_bits']): InvoiceFeature[] {
  if (!read) return []
  const bits: number[] = []
  packageNames.forEach((name, position) => {
    if (read[name]?.required) bits.push(position * 2)
    if (read[name]?.supported) bits.push(position * 2 + 1)
  })
  read.extra_bits?.bits.forEach((isSet, position) => {
    if (isSet) bits.push(read.extra_bits!.start_bit + position)
  })
  return bits.map((bit) => {
    const name = names.get(bit - (bit % 2))
    return { bit, name: name ?? 'unknown', isRequired: bit % 2 === 0, isKnown: name !== undefined }
  })
}
