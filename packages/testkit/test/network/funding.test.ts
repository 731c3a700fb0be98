import { randomBytes } from 'node:crypto'
import type { FundTransaction } from '@payment-node/core'
import { expect, test } from 'vitest'
import { createSimulatedNetwork } from '../../src/index.ts'
import { missingMsat } from './managed-pair.ts'

const outside = {
  taproot: 'bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6',
  'witness-public-key-hash': 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
  'witness-script-hash': 'bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry',
  'public-key-hash': 'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn',
  'script-hash': '2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc',
}

function start() {
  const network = createSimulatedNetwork({ seed: 3 })
  const [alice, bob] = [network.addNode('alice'), network.addNode('bob')]
  alice.fund(1_000_000n)
  alice.fund(400_000n)
  const { clock } = network
  const funding = alice.lightning.funding!
  const onchain = alice.lightning.onchain!
  const request = (
    outputs: FundTransaction['outputs'],
    terms: Partial<FundTransaction> = {},
  ): FundTransaction => ({
    outputs,
    satPerVbyte: 2,
    lockId: randomBytes(32),
    lockSeconds: 600,
    minimumConfirmations: 1,
    ...terms,
  })
  const make = async (wanted: FundTransaction) => {
    const funded = await clock.run(funding.fund(wanted))
    const signed = await clock.run(funding.sign(funded.psbt))
    return { wanted, funded, signed }
  }
  const publish = (bytes: Uint8Array) => clock.run(onchain.publish(bytes, 'payout'))
  return { network, alice, bob, clock, funding, onchain, request, make, publish }
}

test('addresses of every type outside of the network are paid, each at its size', async () => {
  const { network, request, make, publish } = start()
  const sizes: Record<string, number> = {}
  for (const [type, address] of Object.entries(outside)) {
    const { funded, signed } = await make(request({ [address]: 20_000n }))
    sizes[type] = Number(funded.feeSat) / 2
    await publish(signed.rawTransaction)
    expect(network.outputsTo(address)).toEqual([
      { transactionId: signed.transactionId, amountSat: 20_000n, confirmations: 0 },
    ])
    network.mine(1)
    expect(network.outputsTo(address), type).toMatchObject([{ confirmations: 1 }])
    expect(missingMsat(network), type).toBe(0n)
  }
  // Output scripts of 34, 22, 34, 25 and 23 bytes.
  expect(sizes).toEqual({
    taproot: 155,
    'witness-public-key-hash': 143,
    'witness-script-hash': 155,
    'public-key-hash': 146,
    'script-hash': 144,
  })
})

test('an output below what relays is dust, by the type of its address', async () => {
  const { clock, funding, request } = start()
  const least = { taproot: 330n, 'witness-public-key-hash': 294n, 'public-key-hash': 546n }
  for (const [type, sat] of Object.entries(least)) {
    const address = outside[type as keyof typeof least]
    const work = clock.run(funding.fund(request({ [address]: sat - 1n })))
    await expect(work, type).rejects.toMatchObject({ details: { reason: 'dust' } })
    const terms = request({ [address]: sat })
    const { inputs } = await clock.run(funding.fund(terms))
    await clock.run(funding.release(terms.lockId, inputs))
  }
})

test('many outputs in one transaction pay nodes and others, and their sum leaves', async () => {
  const { network, bob, clock, request, make, publish } = start()
  const address = await clock.run(bob.lightning.onchain!.newAddress('taproot'))
  const outputs = { [address]: 30_000n, [outside['public-key-hash']]: 40_000n }
  const { funded, signed } = await make(request(outputs))
  await publish(signed.rawTransaction)
  network.mine(1)
  expect((await clock.run(bob.lightning.walletBalance())).confirmedMsat).toBe(30_000_000n)
  expect(missingMsat(network)).toBe(0n)
  const [transaction] = await clock.run(bob.lightning.onchain!.transactions(0))
  expect(transaction).toMatchObject({ amountSat: 30_000n, transactionId: signed.transactionId })
  expect(transaction!.outputsSat).toBe(70_000n + funded.changeSat)
})

test('what is only signed changes nothing, and nobody hands it to the network', async () => {
  const { network, alice, clock, onchain, request, make } = start()
  const before = network.audit()
  const { signed } = await make(request({ [outside.taproot]: 20_000n }))
  alice.restart()
  network.mine(6)
  expect(network.outputsTo(outside.taproot)).toEqual([])
  expect(network.audit()).toEqual(before)
  expect(missingMsat(network)).toBe(0n)
  const listed = await clock.run(onchain.transactions(0))
  expect(listed.map(({ transactionId }) => transactionId)).not.toContain(signed.transactionId)
})

test('a lost reply leaves locks that their id finds', async () => {
  const { alice, clock, funding, onchain, request } = start()
  const wanted = request({ [outside.taproot]: 20_000n })
  alice.faults.once('fundTransaction', 'after-effect', { outcome: 'unknown' })
  await expect(clock.run(funding.fund(wanted))).rejects.toMatchObject({
    details: { outcome: 'unknown' },
  })
  const leases = await clock.run(funding.leases())
  const lockId = Buffer.from(wanted.lockId).toString('hex')
  expect(leases).toMatchObject([{ lockId }])
  const outpoints = leases.map(({ outpoint }) => outpoint)
  expect(await clock.run(onchain.unspent())).toHaveLength(1)
  await clock.run(funding.release(wanted.lockId, outpoints))
  expect(await clock.run(onchain.unspent())).toHaveLength(2)
})

test('a channel and a payout never get the same coin, and each says who has it', async () => {
  const { network, alice, bob, clock, funding, onchain, request } = start()
  const [coin] = await clock.run(onchain.unspent())
  const outpoints = [coin!.outpoint]
  const wanted = request({ [outside.taproot]: 20_000n }, { coins: outpoints, lockSeconds: 60 })
  await clock.run(funding.fund(wanted))
  const open = { capacitySat: 100_000n, satPerVbyte: 2, outpoints }
  expect(() => alice.openChannel(bob, open)).toThrow(/already spent or locked/)
  await clock.advance(60_000)
  network.setMempoolMinimum(5)
  alice.openChannel(bob, open)
  const work = clock.run(funding.fund(wanted))
  await expect(work).rejects.toMatchObject({ details: { reason: 'outpoints-unavailable' } })
  const leases = await clock.run(funding.leases())
  expect(leases.map(({ lockId }) => lockId.slice(0, 8))).toEqual(['ede19a92'])
  // Somebody else's id does not free it.
  await clock.run(funding.release(wanted.lockId, outpoints))
  expect(await clock.run(funding.leases())).toEqual(leases)
})

test('a child that pays for its parent takes it into a block, one that does not waits with it', async () => {
  const { network, clock, onchain, request, make, publish } = start()
  const [coin] = await clock.run(onchain.unspent())
  const parent = await make(request({ [outside.taproot]: 20_000n }, { coins: [coin!.outpoint] }))
  await publish(parent.signed.rawTransaction)
  network.setFeerate(20)
  network.mine(2)
  const change = `${parent.signed.transactionId}:${parent.funded.changeIndex}`
  const terms = { coins: [change], minimumConfirmations: 0 }
  const poor = await make(request({}, { ...terms, satPerVbyte: 22 }))
  await publish(poor.signed.rawTransaction)
  network.mine(2)
  expect(network.waitingTransactions).toHaveLength(2)
  const next = { coins: [`${poor.signed.transactionId}:0`], minimumConfirmations: 0 }
  const rich = await make(request({}, { ...next, satPerVbyte: 60 }))
  await publish(rich.signed.rawTransaction)
  network.mine(1)
  expect(network.waitingTransactions).toEqual([])
  expect(network.outputsTo(outside.taproot)).toMatchObject([{ confirmations: 1 }])
  expect(missingMsat(network)).toBe(0n)
})

test('what the mempool forgot is handed in again, and a double spend ends it for good', async () => {
  const { network, clock, onchain, request, make, publish } = start()
  const [coin] = await clock.run(onchain.unspent())
  const made = await make(request({ [outside.taproot]: 20_000n }, { coins: [coin!.outpoint] }))
  await publish(made.signed.rawTransaction)
  network.setFeerate(50)
  network.evict(made.signed.transactionId)
  expect(network.outputsTo(outside.taproot)).toEqual([])
  network.mine(1)
  expect(network.outputsTo(outside.taproot)).toHaveLength(1)
  expect(missingMsat(network)).toBe(0n)
  network.doubleSpend(coin!.outpoint)
  expect(network.outputsTo(outside.taproot)).toEqual([])
  await expect(publish(made.signed.rawTransaction)).rejects.toMatchObject({
    details: { reason: 'input-spent' },
  })
  expect(missingMsat(network)).toBe(0n)
})

test('a reorganization takes a payout back to waiting, and its lock is gone', async () => {
  const { network, clock, funding, request, make, publish } = start()
  const made = await make(request({ [outside.taproot]: 20_000n }))
  await publish(made.signed.rawTransaction)
  network.mine(2)
  expect(await clock.run(funding.leases())).toEqual([])
  network.reorganize(2)
  expect(network.outputsTo(outside.taproot)).toMatchObject([{ confirmations: 0 }])
  expect(await clock.run(funding.leases())).toEqual([])
  await publish(made.signed.rawTransaction)
  network.mine(1)
  expect(network.outputsTo(outside.taproot)).toMatchObject([{ confirmations: 1 }])
  expect(missingMsat(network)).toBe(0n)
})

test('no call reaches the wallet with what LND would misunderstand', async () => {
  const { clock, funding, request } = start()
  const good = request({ [outside.taproot]: 20_000n })
  const coin = `${'ab'.repeat(32)}:0`
  const refusals: readonly [what: string, change: object][] = [
    ['nothing to pay', { outputs: {} }],
    ['a list', { outputs: [] }],
    ['a number', { outputs: { [outside.taproot]: 20_000 } }],
    ['less than nothing', { outputs: { [outside.taproot]: -1n } }],
    ['a public key', { outputs: { [`02${'ab'.repeat(32)}`]: 1000n } }],
    ['no feerate', { satPerVbyte: Number.NaN }],
    ['a short id', { lockId: Buffer.alloc(31) }],
    ['no lock', { lockSeconds: 0 }],
    ['half a confirmation', { minimumConfirmations: 0.5 }],
    ['no coins', { coins: [] }],
    ['a coin twice', { coins: [coin, coin] }],
    ['a coin that is none', { coins: ['coin'] }],
  ]
  for (const [what, change] of refusals) {
    const work = clock.run(funding.fund({ ...good, ...change }))
    await expect(work, what).rejects.toMatchObject({ code: 'input.invalid' })
  }
  for (const work of [
    () => funding.sign(new Uint8Array()),
    () => funding.release(Buffer.alloc(3), [coin]),
    () => funding.release(good.lockId, ['coin']),
  ]) {
    await expect(clock.run<unknown>(work())).rejects.toMatchObject({ code: 'input.invalid' })
  }
  for (const junk of ['{}', '[]', 'null', 'x']) {
    const work = clock.run(funding.sign(new TextEncoder().encode(junk)))
    await expect(work, junk).rejects.toMatchObject({ details: { reason: 'malformed' } })
  }
})
