/** LND's own labels of channel transactions: `0:openchannel:…`, `0:closechannel:…`, `0:sweep`, `0:justicetx`. */
const nodePrefix = '0:'

/** A transaction that LND made for a channel. */
export function isChannelTransaction(label: string): boolean {
  return label.startsWith(nodePrefix)
}
