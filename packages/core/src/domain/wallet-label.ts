/** How transactions of our own are labelled in LND's wallet: `payment-node:payouts:<id>`. */
const ourPrefix = 'payment-node:'

/** LND's own labels of channel transactions: `0:openchannel:…`, `0:closechannel:…`, `0:sweep`, `0:justicetx`. */
const nodePrefix = '0:'

/** A transaction that this library made; its own worker books it. */
export function isOurTransaction(label: string): boolean {
  return label.startsWith(ourPrefix)
}

/** A transaction that LND made for a channel. */
export function isChannelTransaction(label: string): boolean {
  return label.startsWith(nodePrefix)
}
