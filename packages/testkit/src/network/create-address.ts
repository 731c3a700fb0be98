import { createHash, ECDH } from 'node:crypto'
import type { Network } from '@payment-node/core'
import { bech32, bech32m } from '@scure/base'
import type { Simulation } from './simulation.ts'
import type { Wallet } from './wallet.ts'

/** Human-readable parts of addresses (BIP173; btcd's for simnet). */
const prefixes: Readonly<Record<Network, string>> = {
  mainnet: 'bc',
  testnet: 'tb',
  testnet4: 'tb',
  signet: 'tb',
  regtest: 'bcrt',
  simnet: 'sb',
}

/** A new address of the wallet: valid to look at, with random keys (BIP173, BIP350). */
export function createAddress(
  simulation: Simulation,
  wallet: Wallet,
  type: 'taproot' | 'witness-public-key-hash' = 'taproot',
): string {
  const prefix = prefixes[simulation.network]
  const address =
    type === 'taproot'
      ? bech32m.encode(prefix, [1, ...bech32m.toWords(pointFrom(simulation.random.bytes(32)))])
      : bech32.encode(prefix, [0, ...bech32.toWords(simulation.random.bytes(20))])
  simulation.addresses.set(address, wallet)
  return address
}

/** A taproot output is a point of the curve by its x (BIP340), which every second number is. */
function pointFrom(bytes: Uint8Array): Uint8Array {
  try {
    ECDH.convertKey(Buffer.concat([Buffer.from([2]), bytes]), 'secp256k1')
    return bytes
  } catch {
    return pointFrom(createHash('sha256').update(bytes).digest())
  }
}
