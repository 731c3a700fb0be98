import assert from 'node:assert/strict'
import type { WalletTransaction } from '@payment-node/core'
import { errorOf, type Promised } from './contract-case.ts'
import type { NodeContractEnvironment } from './environment.ts'
import {
  closeToTheEnd,
  confirmActive,
  connectedPeer,
  openerOf,
  openFromCoin,
  openingTo,
  receiveCoin,
  receiveUnconfirmed,
  walletOf,
} from './manage-channels.ts'

async function transactionOf(
  { node }: NodeContractEnvironment,
  outpoint: string,
): Promise<WalletTransaction> {
  const [transactionId] = outpoint.split(':')
  const transactions = await walletOf(node).transactions(0)
  const found = transactions.find((one) => one.transactionId === transactionId)
  assert.ok(found, `transaction ${transactionId} is not listed`)
  return found
}

/** The wallet's coins and transactions. */
export function walletCases(promised: Promised): void {
  // §8 NewAddress.
  promised('every address is fresh, of both types', async ({ node }) => {
    const wallet = walletOf(node)
    const addresses = [
      await wallet.newAddress('taproot'),
      await wallet.newAddress('taproot'),
      await wallet.newAddress('witness-public-key-hash'),
      await wallet.newAddress('witness-public-key-hash'),
    ]
    assert.equal(new Set(addresses).size, 4)
    // BIP350: taproot is witness version 1, `p`; BIP173: version 0 is `q`.
    assert.match(addresses[0]!, /^[a-z]+1p[a-z0-9]{58}$/)
    assert.match(addresses[2]!, /^[a-z]+1q[a-z0-9]{38}$/)
  })

  promised('what somebody pays arrives unconfirmed, then confirmed', async (given) => {
    const coin = await receiveUnconfirmed(given, 123_456n)
    assert.match(coin.outpoint, /^[0-9a-f]{64}:\d+$/)
    assert.equal(coin.amountSat, 123_456n)
    assert.equal(coin.confirmations, 0)
    const waiting = await transactionOf(given, coin.outpoint)
    assert.equal(waiting.amountSat, 123_456n)
    assert.equal(waiting.confirmations, 0)
    assert.equal(waiting.blockHeight, undefined)
    assert.equal(waiting.feeSat, 0n)
    assert.equal(waiting.label, '')
    assert.ok(waiting.spends.length > 0)
    for (const spent of waiting.spends) assert.match(spent, /^[0-9a-f]{64}:\d+$/)
    await given.mine(1)
    await given.waitFor('two confirmations', async () => {
      if ((await transactionOf(given, coin.outpoint)).confirmations >= 2) return true
      await given.mine(1)
      return false
    })
    const { blockHeight } = await given.node.getInfo()
    const confirmed = await transactionOf(given, coin.outpoint)
    assert.equal(confirmed.blockHeight, blockHeight - confirmed.confirmations + 1)
    const coins = await walletOf(given.node).unspent()
    const found = coins.find(({ outpoint }) => outpoint === coin.outpoint)
    assert.equal(found?.confirmations, confirmed.confirmations)
  })

  // §3: the label is LND's, and how a lost open is found.
  promised('a funding spends exactly the chosen outpoints, change comes back', async (given) => {
    const { channelPoint, coin, request } = await openFromCoin(given)
    const funding = await transactionOf(given, channelPoint)
    assert.deepEqual(funding.spends, [coin.outpoint])
    assert.match(funding.label, /^0:openchannel(:|$)/)
    assert.equal(funding.confirmations, 0)
    assert.ok(funding.feeSat >= 5n * 100n && funding.feeSat <= 5n * 300n, `${funding.feeSat} sat`)
    assert.equal(funding.amountSat, -(request.capacitySat + funding.feeSat))
    assert.equal(coin.amountSat - funding.outputsSat, funding.feeSat)
    const changeSat = coin.amountSat - request.capacitySat - funding.feeSat
    const coins = await walletOf(given.node).unspent()
    const change = coins.filter(({ outpoint }) => outpoint.startsWith(`${funding.transactionId}:`))
    assert.deepEqual(
      change.map(({ amountSat }) => amountSat),
      [changeSat],
    )
    assert.ok(coins.every(({ outpoint }) => outpoint !== coin.outpoint))
    await confirmActive(given, channelPoint)
    assert.ok((await transactionOf(given, channelPoint)).confirmations > 0)
    await closeToTheEnd(given, channelPoint)
  })

  promised('several outpoints fund one channel together', async (given) => {
    const coins = [await receiveCoin(given, 300_000n), await receiveCoin(given, 400_000n)]
    const outpoints = coins.map(({ outpoint }) => outpoint)
    const peer = await connectedPeer(given)
    const request = openingTo(peer, outpoints, { capacitySat: 650_000n })
    const { channelPoint } = await openerOf(given.node).open(request)
    const funding = await transactionOf(given, channelPoint)
    assert.deepEqual([...funding.spends].sort(), [...outpoints].sort())
    await confirmActive(given, channelPoint)
    await closeToTheEnd(given, channelPoint)
  })

  promised('transactions are oldest first, unconfirmed last, from a height on', async (given) => {
    const wallet = walletOf(given.node)
    const { outpoint } = await receiveCoin(given, 100_000n)
    const { outpoint: unconfirmed } = await receiveUnconfirmed(given, 100_000n)
    const all = await wallet.transactions(0)
    const heights = all.map(({ blockHeight }) => blockHeight ?? Number.POSITIVE_INFINITY)
    assert.deepEqual(
      heights,
      [...heights].sort((a, b) => (a === b ? 0 : a - b)),
    )
    const { blockHeight } = await transactionOf(given, outpoint)
    const listed = async (fromHeight: number): Promise<readonly string[]> =>
      (await wallet.transactions(fromHeight)).map(({ transactionId }) => transactionId)
    const [id, waitingId] = [outpoint, unconfirmed].map((one) => one.split(':')[0]!)
    assert.ok((await listed(blockHeight!)).includes(id!))
    const later = await listed(blockHeight! + 1)
    assert.ok(!later.includes(id!))
    assert.ok(later.includes(waitingId!))
    await given.mine(1)
  })

  // §8 PublishTransaction: safe to repeat.
  promised('publishing again is success, waiting or confirmed', async (given) => {
    const wallet = walletOf(given.node)
    const { channelPoint } = await openFromCoin(given)
    const { rawTransaction } = await transactionOf(given, channelPoint)
    await wallet.publish(rawTransaction, 'again')
    await confirmActive(given, channelPoint)
    await wallet.publish(rawTransaction, 'again')
    await closeToTheEnd(given, channelPoint)
  })

  promised('publishing what is no transaction is refused', async ({ node }) => {
    await errorOf(walletOf(node).publish(new Uint8Array(60), 'nothing'), 'node.refused')
  })

  promised('a feerate is positive for every target', async ({ node }) => {
    for (const blocks of [2, 6, 144]) {
      const satPerVbyte = await walletOf(node).estimateFeerate(blocks)
      assert.ok(satPerVbyte > 0 && Number.isFinite(satPerVbyte), `${blocks}: ${satPerVbyte}`)
    }
  })

  promised('what the mempool takes at least is no feerate of a bad day', async ({ node }) => {
    const least = await walletOf(node).minimumFeerate?.()
    if (least === undefined) return
    assert.ok(least >= 0 && least < 1_000_000, `${least}`)
    assert.ok(least <= (await walletOf(node).estimateFeerate(2)), `${least}`)
  })

  // §3: 10,000 sat per public anchor channel, at most 100,000.
  promised('the reserve grows by 10,000 sat per channel up to 100,000', async ({ node }) => {
    const wallet = walletOf(node)
    const now = await wallet.requiredReserve(0)
    for (const additional of [1, 2, 5, 20]) {
      const grown = now + 10_000n * BigInt(additional)
      const expected = grown > 100_000n ? 100_000n : grown
      assert.equal(await wallet.requiredReserve(additional), expected, `${additional} more`)
    }
    assert.equal((await node.walletBalance()).reservedMsat, now * 1000n)
  })
}
