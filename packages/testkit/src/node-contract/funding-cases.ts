import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type {
  FundedTransaction,
  FundingRefusal,
  FundTransaction,
  LightningNode,
  SignedTransaction,
  TransactionFunding,
  WalletTransaction,
} from '@payment-node/core'
import { bech32m } from '@scure/base'
import { errorOf, type Promised } from './contract-case.ts'
import type { NodeContractEnvironment } from './environment.ts'
import {
  mineUntil,
  receiveCoin,
  receiveUnconfirmed,
  strangersKey,
  strangersOutpoint,
  walletOf,
} from './manage-channels.ts'

/** What one P2TR input, a P2TR output and P2TR change cost at 5 sat/vB by LND's reckoning: 155 vB. */
const plainFeeSat = 775n
/** A P2TR output below does not relay. */
const dustSat = 330n

function fundingOf(node: LightningNode): TransactionFunding {
  assert.ok(node.funding, 'the node has no `funding`')
  return node.funding
}

/** A fresh taproot address on the node's network that belongs to nobody (BIP350). */
async function payeesAddress({ node }: NodeContractEnvironment): Promise<string> {
  const { prefix } = bech32m.decode(
    (await walletOf(node).newAddress('taproot')) as `${string}1${string}`,
  )
  const x = Buffer.from(strangersKey(), 'hex').subarray(1)
  return bech32m.encode(prefix, [1, ...bech32m.toWords(x)])
}

function wanted(
  outputs: FundTransaction['outputs'],
  terms: Partial<FundTransaction> = {},
): FundTransaction {
  return {
    outputs,
    satPerVbyte: 5,
    lockId: randomBytes(32),
    lockSeconds: 600,
    minimumConfirmations: 1,
    ...terms,
  }
}

async function assertRefused(work: Promise<unknown>, reason: FundingRefusal): Promise<void> {
  const error = await errorOf(work, 'node.refused')
  assert.equal(error.details.reason, reason, error.message)
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Outpoints that this id holds. */
async function heldBy(node: LightningNode, lockId: Uint8Array): Promise<string[]> {
  const leases = await fundingOf(node).leases()
  return leases.flatMap((one) => (one.lockId === hex(lockId) ? [one.outpoint] : [])).sort()
}

async function isFree(node: LightningNode, coin: string): Promise<boolean> {
  return (await walletOf(node).unspent()).some(({ outpoint }) => outpoint === coin)
}

async function listed(
  node: LightningNode,
  { transactionId }: SignedTransaction,
): Promise<WalletTransaction | undefined> {
  const transactions = await walletOf(node).transactions(0)
  return transactions.find((one) => one.transactionId === transactionId)
}

interface Made {
  readonly request: FundTransaction
  readonly funded: FundedTransaction
  readonly signed: SignedTransaction
}

async function fundAndSign(node: LightningNode, request: FundTransaction): Promise<Made> {
  const funded = await fundingOf(node).fund(request)
  return { request, funded, signed: await fundingOf(node).sign(funded.psbt) }
}

/** Publishes and waits until the wallet lists it. */
async function publish(
  given: NodeContractEnvironment,
  { signed }: Made,
  label: string,
): Promise<void> {
  await walletOf(given.node).publish(signed.rawTransaction, label)
  await given.waitFor('the wallet to list it', async () => {
    return (await listed(given.node, signed)) !== undefined
  })
}

function confirm(given: NodeContractEnvironment, { signed }: Made): Promise<void> {
  return mineUntil(given, 'a block with the transaction', async () => {
    return ((await listed(given.node, signed))?.confirmations ?? 0) > 0
  })
}

/** Making, locking, signing and publishing transactions. */
export function fundingCases(promised: Promised): void {
  promised('a funding chooses coins, adds change, and locks what it spends', async (given) => {
    const { node } = given
    await receiveCoin(given, 250_000n)
    const before = await walletOf(node).unspent()
    const request = wanted({ [await payeesAddress(given)]: 50_000n })
    const { funded, signed } = await fundAndSign(node, request)
    const spent = before.filter(({ outpoint }) => funded.inputs.includes(outpoint))
    assert.equal(spent.length, funded.inputs.length)
    const spentSat = spent.reduce((sum, { amountSat }) => sum + amountSat, 0n)
    assert.equal(funded.changeSat, spentSat - 50_000n - funded.feeSat)
    assert.ok(funded.changeIndex === 0 || funded.changeIndex === 1, `${funded.changeIndex}`)
    // LND charges for a little more than it needs, never for less.
    const [fee, size] = [Number(funded.feeSat), signed.virtualBytes]
    assert.ok(fee >= 5 * size && fee <= 5 * (size + 2 * spent.length), `${fee} sat, ${size} vB`)
    for (const { outpoint } of spent) assert.ok(!(await isFree(node, outpoint)), outpoint)
    assert.deepEqual(await heldBy(node, request.lockId), [...funded.inputs].sort())
    await fundingOf(node).release(request.lockId, funded.inputs)
    for (const { outpoint } of spent) assert.ok(await isFree(node, outpoint), outpoint)
    assert.deepEqual(await heldBy(node, request.lockId), [])
  })

  promised('given coins are the only inputs, all of them', async (given) => {
    const { node } = given
    const coins = [await receiveCoin(given, 30_000n), await receiveCoin(given, 40_000n)]
    const outpoints = coins.map(({ outpoint }) => outpoint).sort()
    const request = wanted({ [await payeesAddress(given)]: 10_000n }, { coins: outpoints })
    const funded = await fundingOf(node).fund(request)
    assert.deepEqual([...funded.inputs].sort(), outpoints)
    assert.equal(funded.changeSat, 60_000n - funded.feeSat)
    await fundingOf(node).release(request.lockId, outpoints)
  })

  promised('signing again gives the same bytes, and nothing leaves', async (given) => {
    const { node } = given
    const { outpoint } = await receiveCoin(given, 100_000n)
    const made = await fundAndSign(
      node,
      wanted({ [await payeesAddress(given)]: 20_000n }, { coins: [outpoint] }),
    )
    const again = await fundingOf(node).sign(made.funded.psbt)
    assert.deepEqual(again, made.signed)
    assert.match(made.signed.transactionId, /^[0-9a-f]{64}$/)
    assert.equal(await listed(node, made.signed), undefined)
    await fundingOf(node).release(made.request.lockId, [outpoint])
  })

  promised('the same bytes are published once however often, with their label', async (given) => {
    const { node } = given
    const coin = await receiveCoin(given, 200_000n)
    const payment = { [await payeesAddress(given)]: 70_000n }
    const made = await fundAndSign(node, wanted(payment, { coins: [coin.outpoint] }))
    assert.equal(made.funded.feeSat, plainFeeSat)
    const bytes = made.signed.rawTransaction
    await publish(given, made, 'payout 7')
    await walletOf(node).publish(bytes, 'payout 7')
    const waiting = await listed(node, made.signed)
    assert.equal(waiting?.label, 'payout 7')
    assert.equal(waiting.feeSat, plainFeeSat)
    assert.equal(waiting.amountSat, -70_000n - plainFeeSat)
    assert.equal(waiting.outputsSat, 70_000n + made.funded.changeSat)
    assert.deepEqual(waiting.spends, [coin.outpoint])
    assert.equal(hex(waiting.rawTransaction), hex(bytes))
    // A lock ends with the block, not with the publishing; its coin is spent all the same.
    assert.deepEqual(await heldBy(node, made.request.lockId), [coin.outpoint])
    assert.ok((await node.walletBalance()).lockedMsat >= 200_000_000n)
    assert.ok(!(await isFree(node, coin.outpoint)))
    await confirm(given, made)
    assert.deepEqual(await heldBy(node, made.request.lockId), [])
    await walletOf(node).publish(bytes, 'payout 7')
    assert.deepEqual(await fundingOf(node).sign(made.funded.psbt), made.signed)
    // The chain backend may forget what is spent altogether; the change is ours to spend.
    const change = `${made.signed.transactionId}:${made.funded.changeIndex}`
    const next = await fundAndSign(node, wanted({}, { coins: [change] }))
    await publish(given, next, 'next')
    await confirm(given, next)
    await walletOf(node).publish(bytes, 'payout 7')
  })

  promised(
    'a child spends the unconfirmed change alone, and takes its parent along',
    async (given) => {
      const { node } = given
      const { outpoint } = await receiveCoin(given, 150_000n)
      const payment = { [await payeesAddress(given)]: 60_000n }
      const parent = await fundAndSign(node, wanted(payment, { coins: [outpoint] }))
      await publish(given, parent, 'parent')
      const change = `${parent.signed.transactionId}:${parent.funded.changeIndex}`
      await given.waitFor('the change', () => isFree(node, change))
      const request = wanted({}, { coins: [change], satPerVbyte: 25 })
      await assertRefused(fundingOf(node).fund(request), 'outpoints-unavailable')
      const child = await fundAndSign(node, { ...request, minimumConfirmations: 0 })
      assert.deepEqual(child.funded.inputs, [change])
      assert.equal(child.funded.changeIndex, 0)
      assert.equal(child.funded.changeSat, parent.funded.changeSat - child.funded.feeSat)
      assert.ok(child.funded.feeSat >= 25n * BigInt(child.signed.virtualBytes))
      await publish(given, child, 'child')
      await confirm(given, child)
      assert.ok((await listed(node, parent.signed))!.confirmations > 0)
    },
  )

  promised('funding again with the same id locks other coins on top', async (given) => {
    const { node } = given
    await receiveCoin(given, 110_000n)
    await receiveCoin(given, 120_000n)
    const request = wanted({ [await payeesAddress(given)]: 20_000n })
    const first = await fundingOf(node).fund(request)
    const second = await fundingOf(node).fund(request)
    const both = [...first.inputs, ...second.inputs].sort()
    assert.equal(new Set(both).size, both.length)
    assert.deepEqual(await heldBy(node, request.lockId), both)
    // What was given to one is not for the other, though the id is the same.
    const given1 = fundingOf(node).fund({ ...request, coins: first.inputs })
    await assertRefused(given1, 'outpoints-unavailable')
    await fundingOf(node).release(request.lockId, both)
    const third = await fundingOf(node).fund({ ...request, coins: first.inputs })
    await fundingOf(node).release(request.lockId, third.inputs)
  })

  promised('releasing leaves alone what the id does not hold', async (given) => {
    const { node } = given
    const { outpoint } = await receiveCoin(given, 90_000n)
    const request = wanted({ [await payeesAddress(given)]: 20_000n }, { coins: [outpoint] })
    await fundingOf(node).fund(request)
    await fundingOf(node).release(randomBytes(32), [outpoint])
    assert.deepEqual(await heldBy(node, request.lockId), [outpoint])
    await fundingOf(node).release(request.lockId, [strangersOutpoint(), outpoint])
    await fundingOf(node).release(request.lockId, [outpoint])
    assert.ok(await isFree(node, outpoint))
  })

  promised('a lock ends by itself', async (given) => {
    const { node } = given
    const { outpoint } = await receiveCoin(given, 80_000n)
    const terms = { coins: [outpoint], lockSeconds: 2 }
    const request = wanted({ [await payeesAddress(given)]: 20_000n }, terms)
    await fundingOf(node).fund(request)
    const lease = (await fundingOf(node).leases()).find((one) => one.outpoint === outpoint)
    assert.ok(lease && Number.isInteger(lease.expiresAt / 1000), `${lease?.expiresAt}`)
    await given.waitFor('the coin to be free', async () => {
      await given.passTime(250)
      return isFree(node, outpoint)
    })
    assert.deepEqual(await heldBy(node, request.lockId), [])
  })

  promised('change that would be dust is refused, and nothing stays locked', async (given) => {
    const { node } = given
    const { outpoint } = await receiveCoin(given, 100_000n)
    const address = await payeesAddress(given)
    const most = 100_000n - plainFeeSat - dustSat
    // LND's first guess is a dearer input, so that it takes what leaves next to nothing for too much.
    for (const tooMuch of [most + 1n, most + 279n]) {
      const request = wanted({ [address]: tooMuch }, { coins: [outpoint] })
      await assertRefused(fundingOf(node).fund(request), 'no-change')
      assert.deepEqual(await heldBy(node, request.lockId), [])
    }
    const request = wanted({ [address]: most }, { coins: [outpoint] })
    assert.equal((await fundingOf(node).fund(request)).changeSat, dustSat)
    await fundingOf(node).release(request.lockId, [outpoint])
  })

  promised('what cannot be funded is refused with its reason', async (given) => {
    const { node } = given
    const { outpoint } = await receiveCoin(given, 50_000n)
    const address = await payeesAddress(given)
    const refusals: readonly [string, FundingRefusal, FundTransaction][] = [
      ['more than there is', 'wallet-too-small', wanted({ [address]: 2_000_000_000_000_000n })],
      ['all and no fee', 'wallet-too-small', wanted({ [address]: 50_000n }, { coins: [outpoint] })],
      ['dust', 'dust', wanted({ [address]: dustSat - 1n })],
      ['no address', 'bad-address', wanted({ nonsense: 10_000n })],
      ['a cut address', 'bad-address', wanted({ [address.slice(0, -1)]: 10_000n })],
      // BIP173's example.
      ['mainnet', 'bad-address', wanted({ bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4: 10_000n })],
      [
        'a coin that never was',
        'outpoints-unavailable',
        wanted({ [address]: 10_000n }, { coins: [strangersOutpoint()] }),
      ],
      [
        'one good coin and one that never was',
        'outpoints-unavailable',
        wanted({ [address]: 10_000n }, { coins: [outpoint, strangersOutpoint()] }),
      ],
    ]
    for (const [what, reason, request] of refusals) {
      const error = await errorOf(fundingOf(node).fund(request), 'node.refused')
      assert.equal(error.details.reason, reason, `${what}: ${error.message}`)
      assert.deepEqual(await heldBy(node, request.lockId), [], what)
    }
    assert.ok(await isFree(node, outpoint))
    await assertRefused(fundingOf(node).sign(new Uint8Array(60)), 'malformed')
  })

  promised('of two transactions that spend one coin, one is published', async (given) => {
    const { node } = given
    const { outpoint } = await receiveCoin(given, 100_000n)
    const request = wanted({ [await payeesAddress(given)]: 30_000n }, { coins: [outpoint] })
    const made = await fundAndSign(node, request)
    await fundingOf(node).release(request.lockId, [outpoint])
    const rival = await fundAndSign(node, request)
    assert.notEqual(rival.signed.transactionId, made.signed.transactionId)
    await publish(given, made, 'first')
    // It would have to pay more than what it replaces (BIP125).
    await errorOf(walletOf(node).publish(rival.signed.rawTransaction, 'second'), 'node.refused')
    await confirm(given, made)
    const late = walletOf(node).publish(rival.signed.rawTransaction, 'second')
    assert.equal((await errorOf(late, 'node.refused')).details.reason, 'input-spent')
    assert.equal(await listed(node, rival.signed), undefined)
  })

  promised('an unconfirmed coin is spent only when that is allowed', async (given) => {
    const { node } = given
    const { outpoint } = await receiveUnconfirmed(given, 77_000n)
    const request = wanted({ [await payeesAddress(given)]: 20_000n }, { coins: [outpoint] })
    await assertRefused(fundingOf(node).fund(request), 'outpoints-unavailable')
    const funded = await fundingOf(node).fund({ ...request, minimumConfirmations: 0 })
    assert.deepEqual(funded.inputs, [outpoint])
    await fundingOf(node).release(request.lockId, [outpoint])
    await given.mine(1)
  })
}

/** Needs `stopNode` and `startNode`. */
export function fundingRestartCases(promised: Promised): void {
  promised('coins stay locked while the node restarts', async (given) => {
    const { node } = given
    const { outpoint } = await receiveCoin(given, 60_000n)
    const request = wanted({ [await payeesAddress(given)]: 20_000n }, { coins: [outpoint] })
    const funded = await fundingOf(node).fund(request)
    const signed = await fundingOf(node).sign(funded.psbt)
    await given.stopNode!()
    await given.startNode!()
    assert.deepEqual(await heldBy(node, request.lockId), [outpoint])
    assert.ok(!(await isFree(node, outpoint)))
    assert.deepEqual(await fundingOf(node).sign(funded.psbt), signed)
    await fundingOf(node).release(request.lockId, [outpoint])
  })
}
