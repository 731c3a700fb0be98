import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type {
  ChainWatch,
  LightningNode,
  OutpointSpend,
  OutputConfirmation,
  WalletOutput,
  WatchedOutpoint,
  WatchedOutput,
} from '@payment-node/core'
import { bech32m } from '@scure/base'
import { errorOf, type Promised, readAll } from './contract-case.ts'
import type { NodeContractEnvironment } from './environment.ts'
import { mineUntil, receiveCoin, strangersOutpoint, walletOf } from './manage-channels.ts'
import { whileStopped } from './restart-cases.ts'

function watchOf(node: LightningNode): ChainWatch {
  assert.ok(node.chain, 'the node has no `chain`')
  return node.chain
}

/** A fresh output script of the wallet, and its address. */
async function freshOutput({
  node,
}: NodeContractEnvironment): Promise<{ address: string; script: string }> {
  const address = await walletOf(node).newAddress('taproot')
  return { address, script: scriptOf(address) }
}

/** BIP341: OP_1 and the key. */
function scriptOf(address: string): string {
  const { words } = bech32m.decode(address as `${string}1${string}`)
  return `5120${Buffer.from(bech32m.fromWords(words.slice(1))).toString('hex')}`
}

async function heightOf({ node }: NodeContractEnvironment): Promise<number> {
  return (await node.getInfo()).blockHeight
}

/** A watch that is read beside the test. */
interface Watching<T> {
  readonly seen: T[]
  /** Waits for the event with this place, from 0. */
  event(place: number): Promise<T>
  /** Aborts; rejects when it ended by an error before. */
  stop(): Promise<void>
}

function startWatch<T>(
  { waitFor }: NodeContractEnvironment,
  open: (signal: AbortSignal) => AsyncIterable<T>,
): Watching<T> {
  const ending = new AbortController()
  const seen: T[] = []
  let isOver = false
  const reading = (async () => {
    for await (const event of open(ending.signal)) seen.push(event)
  })().finally(() => {
    isOver = true
  })
  reading.catch(() => {})
  return {
    seen,
    async event(place) {
      await waitFor(`event ${place} of a watch`, async () => seen.length > place || isOver)
      if (seen.length <= place) await reading
      assert.ok(seen.length > place, 'the watch ended')
      return seen[place]!
    },
    async stop() {
      ending.abort()
      await reading
    },
  }
}

function watchOutput(
  given: NodeContractEnvironment,
  watched: WatchedOutput,
): Watching<OutputConfirmation> {
  return startWatch(given, (signal) => watchOf(given.node).watchConfirmation(watched, signal))
}

function watchOutpoint(
  given: NodeContractEnvironment,
  watched: WatchedOutpoint,
): Watching<OutpointSpend> {
  return startWatch(given, (signal) => watchOf(given.node).watchSpend(watched, signal))
}

/** The wallet's own transaction, as it lists it. */
async function listed(
  { node }: NodeContractEnvironment,
  transactionId: string,
): Promise<{ readonly rawTransaction: Uint8Array; readonly blockHeight?: number }> {
  const transactions = await walletOf(node).transactions(0)
  const found = transactions.find((one) => one.transactionId === transactionId)
  assert.ok(found, `transaction ${transactionId} is not listed`)
  return found
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Spends a coin of the wallet to itself; it waits for its first block. */
async function spend(
  { node }: NodeContractEnvironment,
  { outpoint }: WalletOutput,
): Promise<{ readonly transactionId: string; readonly rawTransaction: Uint8Array }> {
  assert.ok(node.funding, 'the node has no `funding`')
  const funded = await node.funding.fund({
    outputs: { [await walletOf(node).newAddress('taproot')]: 20_000n },
    satPerVbyte: 5,
    lockId: randomBytes(32),
    lockSeconds: 600,
    minimumConfirmations: 1,
    coins: [outpoint],
  })
  const signed = await node.funding.sign(funded.psbt)
  await walletOf(node).publish(signed.rawTransaction, 'spend')
  return signed
}

/** Watching outputs and spends in the chain. */
export function chainCases(promised: Promised): void {
  promised(
    'an output is told with its transaction, once it has its confirmations',
    async (given) => {
      const { address, script } = await freshOutput(given)
      const fromHeight = await heightOf(given)
      const one = watchOutput(given, { script, confirmations: 1, fromHeight })
      const two = watchOutput(given, { script, confirmations: 2, fromHeight })
      const other = await freshOutput(given)
      const stranger = watchOutput(given, { script: other.script, confirmations: 1, fromHeight })
      await given.payOnChain!(address, 60_000n)
      await given.mine(1)
      const first = await one.event(0)
      assert.ok(first.kind === 'confirmed')
      assert.equal(two.seen.length, 0, 'told with too few confirmations')
      assert.ok(first.blockHeight > fromHeight)
      await given.mine(1)
      assert.deepEqual(await two.event(0), first)
      const { rawTransaction, blockHeight } = await listed(given, first.transactionId)
      assert.equal(hex(first.rawTransaction), hex(rawTransaction))
      assert.equal(first.blockHeight, blockHeight)
      assert.deepEqual(stranger.seen, [], 'told an output that nobody paid')
      for (const watch of [one, two, stranger]) await watch.stop()
      assert.equal(one.seen.length, 1)
    },
  )

  promised('an output that is confirmed already is told at once', async (given) => {
    const fromHeight = await heightOf(given)
    const { address, outpoint } = await receiveCoin(given, 61_000n)
    await given.mine(2)
    const watch = watchOutput(given, { script: scriptOf(address), confirmations: 3, fromHeight })
    const told = await watch.event(0)
    assert.ok(told.kind === 'confirmed')
    assert.equal(told.transactionId, outpoint.split(':')[0])
    await watch.stop()
  })

  promised('of two transactions with an output the named one is told', async (given) => {
    const fromHeight = await heightOf(given)
    const { address, script } = await freshOutput(given)
    const amounts = [62_000n, 63_000n]
    for (const amountSat of amounts) {
      await given.payOnChain!(address, amountSat)
      await given.mine(1)
    }
    const ids: string[] = []
    await given.waitFor('both coins', async () => {
      const coins = await walletOf(given.node).unspent()
      const found = coins.filter((coin) => coin.address === address)
      ids.splice(0, 2, ...found.map(({ outpoint }) => outpoint.split(':')[0]!))
      return ids.length === amounts.length
    })
    const watched = { script, confirmations: 1, fromHeight }
    // Which one it is, is up to the node.
    const any = watchOutput(given, watched)
    const one = await any.event(0)
    assert.ok(one.kind === 'confirmed' && ids.includes(one.transactionId))
    for (const transactionId of ids) {
      const named = watchOutput(given, { ...watched, transactionId })
      const told = await named.event(0)
      assert.ok(told.kind === 'confirmed')
      assert.equal(told.transactionId, transactionId)
      await named.stop()
    }
    await any.stop()
    assert.equal(any.seen.length, 1)
  })

  promised('a spend is told when it is in a block, also afterwards', async (given) => {
    const fromHeight = await heightOf(given)
    const coin = await receiveCoin(given, 90_000n)
    const kept = await receiveCoin(given, 91_000n)
    const watched = { outpoint: coin.outpoint, script: scriptOf(coin.address), fromHeight }
    const before = watchOutpoint(given, watched)
    const stranger = watchOutpoint(given, {
      outpoint: kept.outpoint,
      script: scriptOf(kept.address),
      fromHeight,
    })
    const { transactionId, rawTransaction } = await spend(given, coin)
    // Only a block counts.
    assert.deepEqual(before.seen, [])
    await given.mine(1)
    const told = await before.event(0)
    const { blockHeight } = await listed(given, transactionId)
    assert.deepEqual(
      { ...told, ...(told.kind === 'spent' && { rawTransaction: hex(told.rawTransaction) }) },
      {
        kind: 'spent',
        transactionId,
        rawTransaction: hex(rawTransaction),
        inputIndex: 0,
        blockHeight,
      },
    )
    const after = watchOutpoint(given, watched)
    assert.deepEqual(await after.event(0), told)
    assert.deepEqual(stranger.seen, [], 'told a spend that never was')
    for (const watch of [before, after, stranger]) await watch.stop()
  })

  promised('a reorganization is told, and then the next confirmation and spend', async (given) => {
    const coin = await receiveCoin(given, 92_000n)
    const { address, script } = await freshOutput(given)
    // So deep that the coin stays.
    await given.mine(2)
    const fromHeight = await heightOf(given)
    const output = watchOutput(given, { script, confirmations: 1, fromHeight })
    const watched = { outpoint: coin.outpoint, script: scriptOf(coin.address), fromHeight }
    const outpoint = watchOutpoint(given, watched)
    await given.payOnChain!(address, 64_000n)
    await spend(given, coin)
    await given.mine(1)
    const [paid, spent] = [await output.event(0), await outpoint.event(0)]
    assert.ok(paid.kind === 'confirmed' && spent.kind === 'spent')
    await given.reorganize!(1)
    assert.deepEqual(await output.event(1), { kind: 'reorganized' })
    assert.deepEqual(await outpoint.event(1), { kind: 'reorganized' })
    await mineUntil(given, 'both in a block again', async () => {
      return output.seen.length > 2 && outpoint.seen.length > 2
    })
    const [paidAgain, spentAgain] = [await output.event(2), await outpoint.event(2)]
    assert.ok(paidAgain.kind === 'confirmed' && spentAgain.kind === 'spent')
    assert.equal(paidAgain.transactionId, paid.transactionId)
    assert.equal(spentAgain.transactionId, spent.transactionId)
    for (const watch of [output, outpoint]) await watch.stop()
  })

  promised('watching what is no output and no outpoint is input.invalid', async ({ node }) => {
    const { signal } = new AbortController()
    const chain = watchOf(node)
    const output = { script: `5120${'ab'.repeat(32)}`, confirmations: 1, fromHeight: 1 }
    for (const wrong of [
      { script: 'no hex' },
      { script: '' },
      { confirmations: 0 },
      { confirmations: 145 },
      { transactionId: 'ab' },
      { fromHeight: -1 },
    ]) {
      const events = readAll(chain.watchConfirmation({ ...output, ...wrong }, signal))
      await errorOf(events, 'input.invalid')
    }
    const outpoint = { outpoint: strangersOutpoint(), script: output.script, fromHeight: 1 }
    for (const wrong of [{ outpoint: 'ab:0' }, { script: 'no hex' }, { fromHeight: -1 }]) {
      await errorOf(readAll(chain.watchSpend({ ...outpoint, ...wrong }, signal)), 'input.invalid')
    }
  })
}

/** Watches of a node that ends. */
export function chainRestartCases(promised: Promised): void {
  promised('a watch of the chain ends as unavailable with the process', async (given) => {
    const fromHeight = await heightOf(given)
    const { script } = await freshOutput(given)
    const output = watchOutput(given, { script, confirmations: 1, fromHeight })
    const outpoint = watchOutpoint(given, { outpoint: strangersOutpoint(), script, fromHeight })
    const known = await receiveCoin(given, 65_000n)
    const told = watchOutput(given, {
      script: scriptOf(known.address),
      confirmations: 1,
      fromHeight,
    })
    // The others were registered before it.
    await told.event(0)
    await whileStopped(given, async () => {
      const ends = [output.event(0), outpoint.event(0), told.event(1)]
      for (const end of await Promise.allSettled(ends)) {
        assert.ok(end.status === 'rejected', 'a watch told something of a node that is down')
        const error = await errorOf(Promise.reject(end.reason), 'node.unavailable')
        assert.equal(error.details.outcome, 'none')
      }
    })
  })
}
