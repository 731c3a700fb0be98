import type { Network } from '@payment-node/core'
import { Address, OutScript } from '@scure/btc-signer'

/** Version bytes and prefixes (BIP173, Bitcoin's base58 addresses; btcd's for simnet). */
const networks: Readonly<Record<Network, Parameters<typeof Address>[0]>> = {
  mainnet: { bech32: 'bc', pubKeyHash: 0x00, scriptHash: 0x05, wif: 0x80 },
  testnet: { bech32: 'tb', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
  testnet4: { bech32: 'tb', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
  signet: { bech32: 'tb', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
  regtest: { bech32: 'bcrt', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
  simnet: { bech32: 'sb', pubKeyHash: 0x3f, scriptHash: 0x7b, wif: 0x64 },
}

/** The address of an output script; undefined when it has none. */
export function writeAddress(script: Uint8Array, network: Network): string | undefined {
  try {
    return Address(networks[network]).encode(OutScript.decode(script))
  } catch {
    return undefined
  }
}

/** The output script that an address of the network stands for; undefined when it is none. */
export function readAddress(address: string, network: Network): Uint8Array | undefined {
  try {
    return OutScript.encode(Address(networks[network]).decode(address))
  } catch {
    return undefined
  }
}
