import { createHash } from 'node:crypto'
import { address as readAddress, Transaction } from 'bitcoinjs-lib'
import { expect, test } from 'vitest'
import {
  createSimulatedNetwork,
  type SimulatedNetwork,
} from '../../src/network/simulated-network.ts'

/** A P2WPKH script of somebody outside. */
const somewhere = Uint8Array.from([0, 20, ...Buffer.alloc(20, 7)])

function spend(
  transactionId: string,
  amountSat: bigint,
  { sequence = 0xfffffffd, index = 0 } = {},
): Uint8Array {
  const transaction = new Transaction()
  transaction.version = 2
  transaction.addInput(Buffer.from(transactionId, 'hex').reverse(), index, sequence)
  transaction.addOutput(somewhere, amountSat)
  transaction.setWitness(0, [Buffer.alloc(64)])
  return transaction.toBuffer()
}

/** An output of 10,000 sat whose script nobody checks. */
function createOutput(network: SimulatedNetwork): string {
  network.setSpendJudge(() => undefined)
  const id = network.publishRaw(spend('ab'.repeat(32), 10_000n))
  network.mine()
  return id
}

/** What such a spending costs at 1 sat/vB, rounded up; sat. */
const bytes = 100n

test('a waiting transaction gives way to one that pays 1 sat/vB of its own more, when it signalled that', () => {
  const network = createSimulatedNetwork()
  const id = createOutput(network)
  const publish = (raw: Uint8Array): string => network.publishRaw(raw, {})
  const first = publish(spend(id, 10_000n - 2n * bytes))
  // More than before, and less than its own bytes cost.
  expect(() => publish(spend(id, 10_000n - 2n * bytes - 10n))).toThrow('input-spent')
  const second = publish(spend(id, 10_000n - 4n * bytes))
  expect(network.findTransaction(first)).toBeUndefined()
  expect(network.findSpending(`${id}:0`)?.transactionId).toBe(second)
  // Whoever was replaced comes back only by paying more in turn.
  expect(() => publish(spend(id, 10_000n - 2n * bytes))).toThrow('input-spent')

  const other = createOutput(createSimulatedNetwork())
  const final = createSimulatedNetwork()
  expect(createOutput(final)).toBe(other)
  final.publishRaw(spend(other, 9_000n, { sequence: 0xffffffff }), {})
  expect(() => final.publishRaw(spend(other, 5_000n), {})).toThrow('input-spent')
})

test('a node publishes real bytes when somebody judges them, and only of coins that are there', async () => {
  const network = createSimulatedNetwork()
  const { clock } = network
  const { lightning } = network.addNode('alice')
  const publish = (raw: Uint8Array): Promise<void> =>
    clock.run(lightning.onchain!.publish(raw, 'claim'))
  const id = network.publishRaw(spend('cd'.repeat(32), 10_000n))
  const reasonOf = (raw: Uint8Array): Promise<unknown> =>
    publish(raw).catch((error: { details: { reason: string } }) => error.details.reason)
  expect(await reasonOf(spend(id, 9_000n))).toBe('rejected')
  network.setSpendJudge(({ spent }) => (spent[0]!.amountSat === 10_000n ? undefined : 'no'))
  expect(await reasonOf(spend(id, 9_000n, { index: 1 }))).toBe('input-missing')
  expect(await reasonOf(Buffer.from('00', 'hex'))).toBe('malformed')
  await publish(spend(id, 9_000n))
  await publish(spend(id, 9_000n))
  network.mine()
  const { blockHeight, rawTransaction } = network.findSpending(`${id}:0`)!
  expect([blockHeight, Buffer.from(rawTransaction)]).toEqual([
    network.blockHeight,
    Buffer.from(spend(id, 9_000n)),
  ])
})

test('what a real transaction pays to a wallet is its money, and all money is accounted for', async () => {
  const network = createSimulatedNetwork()
  const { clock } = network
  const { lightning } = network.addNode('alice')
  const address = await clock.run(lightning.onchain!.newAddress('taproot'))
  const id = createOutput(network)
  const transaction = Transaction.fromBuffer(spend(id, 9_000n))
  transaction.outs = []
  const { data } = readAddress.fromBech32(address)
  transaction.addOutput(Uint8Array.from([0x51, 32, ...data]), 9_000n)
  network.publishRaw(transaction.toBuffer(), {})
  const audit = () => {
    const { issuedMsat, walletsMsat, feesMsat, channelsMsat } = network.audit()
    return { walletsMsat, feesMsat, isWhole: issuedMsat === walletsMsat + feesMsat + channelsMsat }
  }
  const all = { walletsMsat: 9_000_000n, feesMsat: 1_000_000n, isWhole: true }
  expect(audit()).toEqual(all)
  network.mine()
  network.reorganize(1)
  expect(audit()).toEqual(all)
  const unspent = await clock.run(lightning.onchain!.unspent())
  expect(unspent.map(({ outpoint, amountSat }) => [outpoint, amountSat])).toEqual([
    [`${transaction.getId()}:0`, 9_000n],
  ])
})

test('an invoice for a hash is held, and settled by whoever brings its preimage', async () => {
  const network = createSimulatedNetwork()
  const { clock } = network
  const [alice, bob] = [network.addNode('alice'), network.addNode('bob')]
  network.establishChannel({ from: alice, to: bob, capacitySat: 1_000_000n })
  const preimage = Buffer.alloc(32, 5)
  const paymentHash = createHash('sha256').update(preimage).digest('hex')
  const made = bob.createHoldInvoice({ amountMsat: 5_000n, paymentHash, minFinalCltv: 200 })
  expect(made.preimage).toBe('')
  const says = await clock.run(alice.lightning.decodeInvoice(made.paymentRequest))
  expect([says.paymentHash, says.minFinalCltv]).toEqual([paymentHash, 200])
  const paid = alice.pay(made.paymentRequest)
  await clock.run(bob.holdsChanged())
  expect(() => bob.settleHold(paymentHash)).toThrow('not the preimage')
  expect(() => bob.settleHold(paymentHash, '11'.repeat(32))).toThrow('not the preimage')
  bob.settleHold(paymentHash, preimage.toString('hex'))
  expect(await clock.run(paid)).toMatchObject({
    state: 'succeeded',
    preimage: preimage.toString('hex'),
  })
})
