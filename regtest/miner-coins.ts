import { createECDH, createHash, createPrivateKey, randomInt, sign } from 'node:crypto'
import { type ChainDetails, ChainRpcError, callChain } from './chain-rpc.ts'

/*
 * btcd has no wallet and pays new blocks to fixed addresses only. One key that the harness knows is
 * therefore the miner's, on every chain: no node is needed to get the first coins, and no btcd
 * restart to tell it an address. Its coins are worthless by construction.
 */
const secret = sha256(Buffer.from('payment-node regtest miner'))
const pair = createECDH('secp256k1')
pair.setPrivateKey(secret)
const publicKey = pair.getPublicKey(null, 'compressed')
// Witness script `<public key> OP_CHECKSIG`; its P2WSH addresses (BIP173) are written out below.
const witnessScript = Buffer.concat([Buffer.from([0x21]), publicKey, Buffer.from([0xac])])

/** Where the block rewards go. */
export const minerAddresses: Readonly<Record<ChainDetails['network'], string>> = {
  simnet: 'sb1q4rc3ll9ef3e0yxn0nl9c53z3d5sxw2gkych0adh0d69y0sqayjgsyctfl8',
  regtest: 'bcrt1q4rc3ll9ef3e0yxn0nl9c53z3d5sxw2gkych0adh0d69y0sqayjgswstgnc',
}

const bech32Letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const coinbaseMaturityBlocks = 100
const feeSat = 50_000n
const curveOrder = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** An amount for an address. */
export interface Payment {
  readonly address: string
  /** In sat. */
  readonly amountSat: bigint | number
}

/**
 * Sends block rewards to addresses in one transaction and returns its id; it confirms with the next
 * block. Any process may call this: what is spent is asked of the chain, not remembered.
 */
export async function spendMinerCoins(
  chain: ChainDetails,
  payments: readonly Payment[],
): Promise<string> {
  const total = payments.reduce((sum, payment) => sum + BigInt(payment.amountSat), feeSat)
  const mature = (await callChain<number>(chain, 'getblockcount')) - coinbaseMaturityBlocks
  if (mature < 1) throw new Error('the chain has no mature block rewards yet: mine 101 blocks')
  // A random start keeps two processes from trying the same coins in the same order.
  const start = randomInt(mature)
  for (let step = 0; step < mature; step++) {
    const coin = await readCoinbase(chain, 1 + ((start + step) % mature))
    if (coin === undefined || coin.amountSat < total) continue
    try {
      return await spend(chain, coin, payments, coin.amountSat - total)
    } catch (error) {
      // Spent in the mempool already; btcd's gettxout does not tell.
      if (
        !(error instanceof ChainRpcError && /already spent|already have|orphan/.test(error.message))
      )
        throw error
    }
  }
  throw new Error(`no unspent block reward of at least ${total} sat is left`)
}

interface Coin {
  readonly txid: string
  readonly amountSat: bigint
}

async function readCoinbase(chain: ChainDetails, height: number): Promise<Coin | undefined> {
  const hash = await callChain<string>(chain, 'getblockhash', [height])
  const txid = (await callChain<{ tx: string[] }>(chain, 'getblock', [hash, 1])).tx[0] as string
  const output = await callChain<{ value: number } | null>(chain, 'gettxout', [txid, 0, true])
  if (output === null) return undefined
  return { txid, amountSat: BigInt(Math.round(output.value * 1e8)) }
}

async function spend(
  chain: ChainDetails,
  coin: Coin,
  payments: readonly Payment[],
  changeSat: bigint,
): Promise<string> {
  const change = { address: minerAddresses[chain.network], amountSat: changeSat }
  const paid = changeSat > 1000n ? [...payments, change] : payments
  const outputs = await Promise.all(paid.map((payment) => encodeOutput(chain, payment)))
  return callChain<string>(chain, 'sendrawtransaction', [
    buildSigned(coin, outputs).toString('hex'),
  ])
}

/** Amount, script length, script: `OP_n <program>` of a segwit address (BIP173, BIP350). */
async function encodeOutput(chain: ChainDetails, payment: Payment): Promise<Buffer> {
  const { isvalid } = await callChain<{ isvalid: boolean }>(chain, 'validateaddress', [
    payment.address,
  ])
  const prefix = `${minerAddresses[chain.network].split('1')[0]}1`
  if (!isvalid || !payment.address.startsWith(prefix)) {
    throw new Error(`${payment.address} is not a segwit address of ${chain.network}`)
  }
  const [version, ...program] = decodeBech32Data(payment.address.slice(prefix.length))
  const script = [version === 0 ? 0 : 0x50 + (version as number), program.length, ...program]
  return Buffer.concat([
    littleEndian(BigInt(payment.amountSat)),
    Buffer.from([script.length, ...script]),
  ])
}

/** The witness version and the bytes of the program. The checksum was btcd's to check. */
function decodeBech32Data(data: string): number[] {
  const values = [...data.slice(0, -6)].map((letter) => bech32Letters.indexOf(letter))
  const bits = values.slice(1).map((value) => value.toString(2).padStart(5, '0'))
  const bytes = bits.join('').match(/.{8}/g) ?? []
  return [values[0] as number, ...bytes.map((byte) => Number.parseInt(byte, 2))]
}

/** One input (BIP143 digest, SIGHASH_ALL), version 2, final sequence, no lock time. */
function buildSigned(coin: Coin, outputs: readonly Buffer[]): Buffer {
  if (outputs.length > 0xfc) throw new Error('at most 252 outputs in one transaction')
  const version = Buffer.from([2, 0, 0, 0])
  const outpoint = Buffer.concat([Buffer.from(coin.txid, 'hex').reverse(), Buffer.alloc(4)])
  const sequence = Buffer.alloc(4, 0xff)
  const lockTime = Buffer.alloc(4)
  const scriptCode = Buffer.concat([Buffer.from([witnessScript.length]), witnessScript])
  const digest = Buffer.concat([
    version,
    hash256(outpoint),
    hash256(sequence),
    outpoint,
    scriptCode,
    littleEndian(coin.amountSat),
    sequence,
    hash256(Buffer.concat(outputs)),
    lockTime,
    Buffer.from([1, 0, 0, 0]),
  ])
  const signature = Buffer.concat([signLowS(sha256(digest)), Buffer.from([1])])
  return Buffer.concat([
    version,
    Buffer.from([0, 1, 1]),
    outpoint,
    Buffer.from([0]),
    sequence,
    Buffer.from([outputs.length]),
    ...outputs,
    Buffer.from([2, signature.length]),
    signature,
    scriptCode,
    lockTime,
  ])
}

function littleEndian(amountSat: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(amountSat)
  return bytes
}

/** DER signature of sha256(data), with the lower of the two possible `s` (BIP146). */
function signLowS(data: Buffer): Buffer {
  const uncompressed = pair.getPublicKey()
  const key = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'secp256k1',
      d: secret.toString('base64url'),
      x: uncompressed.subarray(1, 33).toString('base64url'),
      y: uncompressed.subarray(33).toString('base64url'),
    },
  })
  const plain = sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })
  const r = BigInt(`0x${plain.subarray(0, 32).toString('hex')}`)
  const s = BigInt(`0x${plain.subarray(32).toString('hex')}`)
  const body = [r, s > curveOrder / 2n ? curveOrder - s : s].map(derInteger)
  return Buffer.concat([
    Buffer.from([0x30, (body[0] as Buffer).length + (body[1] as Buffer).length]),
    ...body,
  ])
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  const padded = (bytes[0] as number) > 0x7f ? Buffer.concat([Buffer.from([0]), bytes]) : bytes
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded])
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}

function hash256(data: Buffer): Buffer {
  return sha256(sha256(data))
}
