import { expect, test } from 'vitest'
import { errorOf } from '../collect.ts'
import { refuse, requestsOf, startPair } from '../fake-lnd.ts'

const unspent = '/walletrpc.WalletKit/ListUnspent'
const estimate = '/walletrpc.WalletKit/EstimateFee'
const reserve = '/walletrpc.WalletKit/RequiredReserve'
const publish = '/walletrpc.WalletKit/PublishTransaction'
const transactions = '/lnrpc.Lightning/GetTransactions'
const address = '/lnrpc.Lightning/NewAddress'

test('addresses are of the wanted type', async () => {
  await using pair = await startPair({ [address]: () => ({ address: 'bcrt1…' }) })
  const { onchain } = pair.node
  expect(await onchain!.newAddress('taproot')).toBe('bcrt1…')
  await onchain!.newAddress('witness-public-key-hash')
  expect(await errorOf(onchain!.newAddress('legacy' as never))).toMatchObject({
    code: 'input.invalid',
  })
  expect(requestsOf(pair.server, address)).toEqual([
    { type: 'TAPROOT_PUBKEY' },
    { type: 'WITNESS_PUBKEY_HASH' },
  ])
})

test('coins have their outpoint as people write it, and unconfirmed ones are there', async () => {
  await using pair = await startPair({
    [unspent]: () => ({
      utxos: [
        {
          address: 'bcrt1…',
          amount_sat: '2100000000000000',
          outpoint: { txid_str: 'ab', output_index: 7 },
          confirmations: '3',
        },
        { amount_sat: '1', outpoint: { txid_str: 'cd' }, confirmations: '0' },
      ],
    }),
  })
  expect(await pair.node.onchain!.unspent()).toEqual([
    {
      outpoint: 'ab:7',
      amountSat: 2_100_000_000_000_000n,
      confirmations: 3,
      address: 'bcrt1…',
    },
    { outpoint: 'cd:0', amountSat: 1n, confirmations: 0, address: '' },
  ])
  expect(requestsOf(pair.server, unspent)).toEqual([
    { min_confs: 0, max_confs: 0, account: 'default' },
  ])
})

test('transactions are oldest first with the unconfirmed ones last', async () => {
  const row = (tx_hash: string, block_height: number, more: object = {}): object => ({
    tx_hash,
    block_height,
    num_confirmations: block_height === 0 ? 0 : 100 - block_height,
    ...more,
  })
  await using pair = await startPair({
    // In LND's order.
    [transactions]: () => ({
      transactions: [
        row('waiting', 0, { time_stamp: '20' }),
        row('first waiting', 0, { time_stamp: '10' }),
        row('ahead', 101, { num_confirmations: -1 }),
        row('new', 90),
        row('funding', 80, {
          amount: '-500154',
          total_fees: '154',
          label: '0:openchannel:shortchanid-1',
          raw_tx_hex: '0200ff',
          output_details: [{ amount: '500000' }, { amount: '21000000' }],
          previous_outpoints: [{ outpoint: 'aa:0' }, { outpoint: 'bb:1' }],
        }),
      ],
    }),
  })
  const found = await pair.node.onchain!.transactions(80)
  expect(found.map(({ transactionId }) => transactionId)).toEqual([
    'funding',
    'new',
    'ahead',
    'first waiting',
    'waiting',
  ])
  expect(found[0]).toEqual({
    transactionId: 'funding',
    amountSat: -500_154n,
    feeSat: 154n,
    confirmations: 20,
    blockHeight: 80,
    label: '0:openchannel:shortchanid-1',
    spends: ['aa:0', 'bb:1'],
    outputsSat: 21_500_000n,
    rawTransaction: Buffer.from([2, 0, 255]),
  })
  expect(found[2]).toMatchObject({ confirmations: 0, blockHeight: 101 })
  expect(found[4]).not.toHaveProperty('blockHeight')
  expect(requestsOf(pair.server, transactions)).toEqual([{ start_height: 80, end_height: -1 }])
  expect(await errorOf(pair.node.onchain!.transactions(-1))).toMatchObject({
    code: 'input.invalid',
  })
})

test('the least feerate that the mempool takes; 0 when LND does not know the field', async () => {
  let reply = { sat_per_kw: '12500', min_relay_fee_sat_per_kw: '1265' } as { sat_per_kw: string }
  await using pair = await startPair({ [estimate]: () => reply })
  expect(await pair.node.onchain!.minimumFeerate!()).toBe(5.06)
  reply = { sat_per_kw: '12500' }
  expect(await pair.node.onchain!.minimumFeerate!()).toBe(0)
})

test('a feerate is in sat/vB, and one block is never asked for', async () => {
  await using pair = await startPair({ [estimate]: () => ({ sat_per_kw: '253' }) })
  expect(await pair.node.onchain!.estimateFeerate(2)).toBe(1.012)
  expect(requestsOf(pair.server, estimate)).toEqual([{ conf_target: 2 }])
  for (const blocks of [1, 0, 2.5, Number.NaN, 1009]) {
    expect(await errorOf(pair.node.onchain!.estimateFeerate(blocks))).toMatchObject({
      code: 'input.invalid',
    })
  }
})

test('the reserve is asked for with the channels that are to come', async () => {
  await using pair = await startPair({ [reserve]: () => ({ required_reserve: '50000' }) })
  expect(await pair.node.onchain!.requiredReserve(5)).toBe(50_000n)
  expect(requestsOf(pair.server, reserve)).toEqual([{ additional_public_channels: 5 }])
  expect(await errorOf(pair.node.onchain!.requiredReserve(-1))).toMatchObject({
    code: 'input.invalid',
  })
})

const raw = Buffer.from('0200', 'hex')

test('the bytes are published as they are, with their label', async () => {
  await using pair = await startPair({ [publish]: () => ({}) })
  await pair.node.onchain!.publish(raw, 'payout 7')
  expect(requestsOf(pair.server, publish)).toEqual([{ tx_hex: raw, label: 'payout 7' }])
  for (const [bytes, label] of [
    [new Uint8Array(), 'x'],
    ['0200', 'x'],
    [raw, 'ü'.repeat(251)],
  ] as [Uint8Array, string][]) {
    expect(await errorOf(pair.node.onchain!.publish(bytes, label))).toMatchObject({
      code: 'input.invalid',
    })
  }
  expect(requestsOf(pair.server, publish)).toHaveLength(1)
})

test('an input that is spent by the same confirmed transaction is success', async () => {
  let listed: object[] = []
  await using pair = await startPair({
    [publish]: () => {
      throw refuse('transaction rejected: output already spent')
    },
    [transactions]: () => ({ transactions: listed }),
  })
  const attempt = (): Promise<void> => pair.node.onchain!.publish(raw, 'payout 7')
  const refused = { code: 'node.refused', details: { call: publish, reason: 'input-spent' } }
  expect(await errorOf(attempt())).toMatchObject(refused)
  listed = [{ raw_tx_hex: '0200', num_confirmations: 0 }]
  expect(await errorOf(attempt())).toMatchObject(refused)
  listed = [{ raw_tx_hex: '0201', num_confirmations: 5 }]
  expect(await errorOf(attempt())).toMatchObject(refused)
  listed = [{ raw_tx_hex: '0200', num_confirmations: 5 }]
  await attempt()
})

test('a build without walletrpc is named', async () => {
  await using pair = await startPair({})
  for (const call of [
    () => pair.node.onchain!.unspent(),
    () => pair.node.onchain!.estimateFeerate(6),
    () => pair.node.onchain!.requiredReserve(0),
    () => pair.node.onchain!.publish(raw, ''),
  ]) {
    const error = await errorOf(call())
    expect(error.code).toBe('node.unsupported')
    expect(error.details).toMatchObject({ call: expect.stringContaining('walletrpc') })
  }
})

test('a transaction that LND lists in two blocks after a reorganization is shown once, in the newer', async () => {
  const row = (tx_hash: string, block_height: number): object => ({ tx_hash, block_height })
  await using pair = await startPair({
    [transactions]: () => ({ transactions: [row('aa', 100), row('bb', 90), row('aa', 101)] }),
  })
  const found = await pair.node.onchain!.transactions(80)
  expect(found.map(({ transactionId, blockHeight }) => [transactionId, blockHeight])).toEqual([
    ['bb', 90],
    ['aa', 101],
  ])
})
