import { address, type Transaction } from 'bitcoinjs-lib'

/** Addresses and amounts in sat of a transaction, as bitcoinjs-lib reads them; `prefix` is the network's, such as `sb`. */
export function outputsOf(
  transaction: Transaction,
  prefix: string,
): readonly (readonly [string, bigint])[] {
  return transaction.outs.map(({ script, value }) => {
    const version = script[0] === 0 ? 0 : script[0]! - 0x50
    return [address.toBech32(script.slice(2), version, prefix), value]
  })
}
