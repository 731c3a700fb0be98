import { type FundTransaction, invalid } from '@payment-node/core'

/** What no node is asked with: the adapter for LND refuses the same. */
export function checkFunding(funding: FundTransaction): void {
  const { outputs, satPerVbyte, lockId, lockSeconds, minimumConfirmations, coins } = funding
  if (Object.prototype.toString.call(outputs) !== '[object Object]') {
    throw invalid('outputs', 'wrong-type', 'must be an object: address to sat')
  }
  const amounts = Object.entries(outputs)
  if (amounts.length === 0 && coins === undefined) {
    throw invalid('outputs', 'missing', 'must pay somebody, or spend given coins')
  }
  for (const [address, sat] of amounts) {
    if (/^([0-9a-f]{66}|[0-9a-f]{130})$/i.test(address)) {
      throw invalid('outputs', 'malformed', 'is a public key, not an address')
    }
    if (typeof sat !== 'bigint' || sat < 1n || sat > 2_100_000_000_000_000n) {
      throw invalid('outputs', 'out-of-range', 'must be a bigint from 1 to 2100000000000000')
    }
  }
  if (!(satPerVbyte >= 0.1 && satPerVbyte <= 1_000_000)) {
    throw invalid('satPerVbyte', 'out-of-range', 'must be from 0.1 to 1000000')
  }
  checkLockId(lockId)
  checkWhole(lockSeconds, 'lockSeconds', 1)
  checkWhole(minimumConfirmations, 'minimumConfirmations', 0)
  if (coins === undefined) return
  checkCoins(coins, 'coins')
  if (coins.length === 0) throw invalid('coins', 'missing', 'must name at least one outpoint')
  if (new Set(coins).size < coins.length) throw invalid('coins', 'duplicate', 'must be different')
}

/** 32 bytes. */
export function checkLockId(lockId: Uint8Array): void {
  if (lockId instanceof Uint8Array && lockId.length === 32) return
  throw invalid('lockId', 'malformed', 'must be 32 bytes')
}

/** Bytes. */
export function checkPsbt(psbt: Uint8Array): void {
  if (psbt instanceof Uint8Array && psbt.length > 0) return
  throw invalid('psbt', 'malformed', 'must be bytes')
}

/** A list of outpoints. */
export function checkCoins(coins: readonly string[], field: string): void {
  if (!Array.isArray(coins)) throw invalid(field, 'wrong-type', 'must be an array')
  for (const coin of coins) {
    if (typeof coin === 'string' && /^[0-9a-f]{64}:\d{1,10}$/.test(coin)) continue
    throw invalid(field, 'malformed', 'must be a transaction id and an output: <64 hex>:<index>')
  }
}

function checkWhole(value: number, field: string, least: number): void {
  if (Number.isInteger(value) && value >= least) return
  throw invalid(field, 'out-of-range', `must be a whole number, at least ${least}`)
}
