import { bech32, bech32m, createBase58check } from '@scure/base'

/** The kinds of output that money is sent to. */
export type AddressType = 'p2pkh' | 'p2sh' | 'p2wpkh' | 'p2wsh' | 'p2tr'

/** What an address says, or why it cannot be paid; `reason` is stable. */
export type AddressReading =
  | {
      readonly isPayable: true
      /** As written on the wire of the network: bech32 in lower case. */
      readonly address: string
      readonly type: AddressType
      /** The output's script, for its size and for comparing outputs. */
      readonly script: Uint8Array
    }
  | { readonly isPayable: false; readonly reason: AddressRefusal; readonly says: string }

export type AddressRefusal =
  | 'wrong-network'
  | 'checksum'
  | 'malformed'
  | 'mixed-case'
  | 'witness-version'
  | 'pay-to-anchor'

interface Versions {
  readonly bech32: string
  readonly p2pkh: number
  readonly p2sh: number
}

const test: Versions = { bech32: 'tb', p2pkh: 0x6f, p2sh: 0xc4 }

/** Signet and the test networks cannot be told apart by an address, nor regtest's old types from theirs. */
const networks: Readonly<Record<string, Versions>> = {
  mainnet: { bech32: 'bc', p2pkh: 0x00, p2sh: 0x05 },
  testnet: test,
  testnet4: test,
  signet: test,
  regtest: { ...test, bech32: 'bcrt' },
  simnet: { bech32: 'sb', p2pkh: 0x3f, p2sh: 0x7b },
}

/** The prefix of witness addresses (BIP173). */
export function witnessPrefixOf(network: string): string {
  return networks[network]!.bech32
}

/** Whether the text is meant as an address of any network, right or damaged. */
export function looksLikeAddress(text: string): boolean {
  return /^(bc|tb|bcrt|sb)1/i.test(text) || /^[123mnSr][1-9A-HJ-NP-Za-km-z]{25,34}$/.test(text)
}

/**
 * Reads an address of `network` (base58check, BIP173, BIP350). Witness versions that no rule of the
 * chain protects yet are refused: anybody could take what is sent there.
 */
export function readAddress(
  text: string,
  network: string,
  sha256: (data: Uint8Array) => Uint8Array,
): AddressReading {
  const versions = networks[network]!
  if (!/^(bc|tb|bcrt|sb)1/i.test(text)) return readBase58(text, versions, sha256)
  const witness = readWitness(text, versions)
  if (witness.isPayable || witness.reason !== 'mixed-case') return witness
  // Some of simnet's old addresses begin with `Sb1`.
  const old = readBase58(text, versions, sha256)
  return old.isPayable ? old : witness
}

function readWitness(text: string, versions: Versions): AddressReading {
  if (text !== text.toLowerCase() && text !== text.toUpperCase())
    return no('mixed-case', 'it mixes capitals and small letters')
  const address = text.toLowerCase()
  const old = bech32.decodeUnsafe(address)
  const decoded = old ?? bech32m.decodeUnsafe(address)
  if (!decoded) return no('checksum', 'its checksum is wrong')
  if (decoded.prefix !== versions.bech32) return wrongNetwork()
  const [version, ...words] = decoded.words
  const program = bech32.fromWordsUnsafe(words)
  if (version === undefined || !program || program.length < 2 || program.length > 40)
    return no('malformed', 'its content has the wrong length')
  // BIP350: version 0 has the old checksum, every later one the new.
  if (version > 16 || (version === 0) !== (old !== undefined))
    return no('checksum', 'its checksum is of the wrong kind')
  const payable = (type: AddressType): AddressReading => ({
    isPayable: true,
    address,
    type,
    script: Uint8Array.of(version === 0 ? 0 : 0x50 + version, program.length, ...program),
  })
  if (version === 0) {
    if (program.length === 20) return payable('p2wpkh')
    if (program.length === 32) return payable('p2wsh')
    return no('malformed', 'its content has the wrong length')
  }
  if (version === 1 && program.length === 32) return payable('p2tr')
  if (version === 1 && program[0] === 0x4e && program[1] === 0x73 && program.length === 2)
    return no('pay-to-anchor', 'anybody can spend what is sent to an anchor')
  return no('witness-version', 'nothing protects yet what is sent to this kind of address')
}

function readBase58(
  text: string,
  versions: Versions,
  sha256: (data: Uint8Array) => Uint8Array,
): AddressReading {
  let payload: Uint8Array
  try {
    payload = createBase58check(sha256).decode(text)
  } catch {
    return no('checksum', 'its checksum is wrong')
  }
  const [version, ...hash] = payload
  if (hash.length !== 20) return no('malformed', 'its content has the wrong length')
  const found = { isPayable: true, address: text } as const
  if (version === versions.p2pkh)
    return { ...found, type: 'p2pkh', script: Uint8Array.of(0x76, 0xa9, 20, ...hash, 0x88, 0xac) }
  if (version === versions.p2sh)
    return { ...found, type: 'p2sh', script: Uint8Array.of(0xa9, 20, ...hash, 0x87) }
  return wrongNetwork()
}

function wrongNetwork(): AddressReading {
  return no('wrong-network', 'it is for another network')
}

function no(reason: AddressRefusal, says: string): AddressReading {
  return { isPayable: false, reason, says }
}
