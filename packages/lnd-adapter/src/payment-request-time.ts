// Of bech32 (BIP173), in the order of their values.
const digits = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/**
 * The timestamp inside a BOLT11 invoice of our own node, in milliseconds since 1970: the first seven
 * digits of the data part. LND's AddInvoice does not say it, and asking would be a second call.
 */
export function paymentRequestTime(paymentRequest: string): number {
  const data = paymentRequest.slice(paymentRequest.lastIndexOf('1') + 1)
  let seconds = 0
  for (const digit of data.slice(0, 7)) {
    const value = digits.indexOf(digit)
    if (value < 0) throw new TypeError('LND sent an invoice that is not bech32')
    seconds = seconds * 32 + value
  }
  return seconds * 1000
}
