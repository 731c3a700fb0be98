import {
  type FundedTransaction,
  type FundTransaction,
  invalid,
  PaymentNodeError,
} from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { FundPsbtRequest, FundPsbtResponse, UtxoLease } from '../generated/messages.ts'
import { readFundedPsbt } from '../read-funded-psbt.ts'
import { readLockId } from '../read-lock-id.ts'
import { readBigint, readNumber } from '../read-number.ts'
import { readOutpoint, toOutpoint } from '../read-outpoint.ts'
import { releaseOutputs } from './release-output.ts'

export const fundPsbtCall: Call<'/walletrpc.WalletKit/FundPsbt'> = {
  path: '/walletrpc.WalletKit/FundPsbt',
  uri: 'uri:/walletrpc.WalletKit/FundPsbt',
  roles: ['onchain'],
  effect: 'write',
  otherRefusals: 'unknown',
}

const mostSat = 2_100_000_000_000_000n
const leastSatPerVbyte = 0.1
const mostSatPerVbyte = 1_000_000
const longestLock = 10 * 365 * 86_400
const weightPerVbyte = 4

/** LND has no way to demand a change output: what came without is given back, and refused. */
export async function fundPsbt(
  connection: Connection,
  funding: FundTransaction,
  signal: AbortSignal | undefined,
): Promise<FundedTransaction> {
  const request = toRequest(funding)
  const reply = await connection.unary(fundPsbtCall, request, { signal })
  if (reply.change_output_index < 0) {
    await releaseOutputs(connection, funding.lockId, reply.locked_utxos.map(outpointOf), signal)
    throw new PaymentNodeError(
      'node.refused',
      'FundPsbt: what is left after the outputs and the fee is too little for a change output.',
      { call: fundPsbtCall.path, reason: 'no-change' },
    )
  }
  return toFunded(reply)
}

function toFunded({ funded_psbt, change_output_index }: FundPsbtResponse): FundedTransaction {
  const { inputs, outputsSat, feeSat } = readFundedPsbt(funded_psbt)
  const changeSat = outputsSat[change_output_index]
  if (changeSat === undefined) throw new TypeError('LND named a change output that is not there')
  return { psbt: funded_psbt, inputs, changeIndex: change_output_index, changeSat, feeSat }
}

function outpointOf({ outpoint }: UtxoLease): string {
  if (!outpoint) throw new TypeError('LND listed a lease without its outpoint')
  return `${outpoint.txid_str}:${outpoint.output_index}`
}

function toRequest(funding: FundTransaction): FundPsbtRequest {
  const { lockId, lockSeconds, minimumConfirmations, coins } = funding
  const min_confs = readNumber(minimumConfirmations, 'minimumConfirmations', 0, 1_000_000)
  return {
    raw: {
      inputs: coins === undefined ? [] : readCoins(coins),
      outputs: readOutputs(funding),
    },
    min_confs,
    spend_unconfirmed: min_confs === 0,
    // LND's default would be P2WPKH, which costs more to spend.
    change_type: 'CHANGE_ADDRESS_TYPE_P2TR',
    sat_per_kw: readFeerate(funding.satPerVbyte),
    custom_lock_id: readLockId(lockId),
    // LND reads 0 as its ten minutes.
    lock_expiration_seconds: BigInt(readNumber(lockSeconds, 'lockSeconds', 1, longestLock)),
  }
}

/** LND would count a coin twice that is named twice, and choose others when none is named. */
function readCoins(coins: readonly string[]): readonly ReturnType<typeof toOutpoint>[] {
  if (!Array.isArray(coins) || coins.length === 0) {
    throw invalid('coins', 'missing', 'must name at least one outpoint')
  }
  if (new Set(coins).size < coins.length) throw invalid('coins', 'duplicate', 'must be different')
  return coins.map((coin) => toOutpoint(readOutpoint(coin, 'coins')))
}

function readOutputs({ outputs, coins }: FundTransaction): Record<string, bigint> {
  if (Object.prototype.toString.call(outputs) !== '[object Object]') {
    throw invalid('outputs', 'wrong-type', 'must be an object: address to sat')
  }
  const entries = Object.entries(outputs)
  if (entries.length === 0 && coins === undefined) {
    throw invalid('outputs', 'missing', 'must pay somebody, or spend given coins')
  }
  for (const [address, sat] of entries) {
    // LND takes a bare public key for an address and pays to it (P2PK).
    if (/^([0-9a-f]{66}|[0-9a-f]{130})$/i.test(address)) {
      throw invalid('outputs', 'malformed', 'is a public key, not an address')
    }
    readBigint(sat, 'outputs', 1n, mostSat)
  }
  return Object.fromEntries(entries)
}

/** sat per 1000 weight units, rounded down so that nobody pays more than he allowed. */
function readFeerate(satPerVbyte: number): bigint {
  if (!(satPerVbyte >= leastSatPerVbyte && satPerVbyte <= mostSatPerVbyte)) {
    const says = `must be from ${leastSatPerVbyte} to ${mostSatPerVbyte}`
    throw invalid('satPerVbyte', 'out-of-range', says)
  }
  return BigInt(Math.floor((satPerVbyte * 1000) / weightPerVbyte))
}
