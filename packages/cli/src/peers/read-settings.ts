import {
  type Amount,
  type AmountInput,
  isAmount,
  type PaymentNodeOptions,
  parseAmount,
  sat,
} from '@payment-node/core'

/** What a channel may be, as the host's options say. */
export interface OpenSettings {
  /** `channels.capacity` */
  readonly capacity: Amount
  /** `caps.perOpen` */
  readonly capPerOpen: Amount
}

/** Core has checked the options already; what they leave out is as in core. */
export function readOpenSettings({ channels, caps }: PaymentNodeOptions): OpenSettings {
  const amount = (value: AmountInput | undefined, absent: Amount): Amount =>
    value === undefined ? absent : isAmount(value) ? value : parseAmount(value)
  const capPerOpen = amount(caps?.perOpen, sat(5_000_000))
  const usual = sat(2_000_000)
  const absent = capPerOpen.msat < usual.msat ? capPerOpen : usual
  return { capPerOpen, capacity: amount(channels?.capacity, absent) }
}
