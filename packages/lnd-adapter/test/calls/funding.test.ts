import { expect, test } from 'vitest'
import { errorOf } from '../collect.ts'
import { refuse, requestsOf, startPair } from '../fake-lnd.ts'

const fund = '/walletrpc.WalletKit/FundPsbt'
const finalize = '/walletrpc.WalletKit/FinalizePsbt'
const release = '/walletrpc.WalletKit/ReleaseOutput'
const list = '/walletrpc.WalletKit/ListLeases'

const lockId = Buffer.alloc(32, 7)
const coin = `${'cd'.repeat(32)}:4294967295`
const lndCoin = { txid_str: 'cd'.repeat(32), output_index: 4_294_967_295 }

// Of a running LND 0.21.2: 500,000 sat pay 100,000 sat at 5 sat/vB.
const spent = '98381a710522dd77f720b3c29dfa7c90d9a0aed3a5c373c971d82a3a66f414db'
const psbt = Buffer.from(
  [
    '70736274ff0100890200000001db14f4663a2ad871c973c3a5d3aea0d9907cfa9dc2b320f777dd2205711a38',
    '980000000000ffffffff02a08601000000000022512006763fa8c8dd769eb0fd53d2259538631ccfa0c91903',
    '75964ce16a89e6ff780b791706000000000022512088ea1fbf02b6a2b9bd7e7d763fd157616ccd13fb68bea5',
    'ff0b92816f38626830000000000001012b20a10700000000002251204a6364012df2fbe7b74da2f3133da8e8',
    '116df10d2f0dcdf659ee8e18f2f3d3182206031af576e92d9774072075e3405927eb2d594cb99cb623d55dcf',
    '9cbabfde14dacf1800000000560000800000008000000080000000000000000021161af576e92d9774072075',
    'e3405927eb2d594cb99cb623d55dcf9cbabfde14dacf19000000000056000080000000800000008000000000',
    '000000000000220202dc6036089d576c61440994d07dabe31bd3b8146e5fa7382da3a3c20533a7fc74180000',
    '00005600008000000080000000800100000000000000010520dc6036089d576c61440994d07dabe31bd3b814',
    '6e5fa7382da3a3c20533a7fc742107dc6036089d576c61440994d07dabe31bd3b8146e5fa7382da3a3c20533',
    'a7fc74190000000000560000800000008000000080010000000000000000',
  ].join(''),
  'hex',
)
const raw = Buffer.from(
  [
    '02000000000101db14f4663a2ad871c973c3a5d3aea0d9907cfa9dc2b320f777dd2205711a38980000000000',
    'ffffffff02a08601000000000022512006763fa8c8dd769eb0fd53d2259538631ccfa0c9190375964ce16a89',
    'e6ff780b791706000000000022512088ea1fbf02b6a2b9bd7e7d763fd157616ccd13fb68bea5ff0b92816f38',
    '6268300140e5dbc472bfc65feb8c25eac7c27ed34994d7b51b7fcc4fe03fc59bee3485e402531e8ae02a18d2',
    '25f8977519662614b6f3b026c2b5227ce0a4d1b90dfb7c86e600000000',
  ].join(''),
  'hex',
)
const transactionId = 'c30054401c97ccc1c1668556d42e8fa1f0a0cf25bb7827b797ae84dde66e26e6'

const wanted = {
  outputs: { 'bcrt1…': 100_000n },
  satPerVbyte: 5.0079,
  lockId,
  lockSeconds: 600,
  minimumConfirmations: 1,
}

test('a funding says what it spends, what comes back and what it costs', async () => {
  await using pair = await startPair({
    [fund]: () => ({ funded_psbt: psbt, change_output_index: 1 }),
  })
  const { funding } = pair.node
  expect(await funding!.fund(wanted)).toEqual({
    psbt,
    inputs: [`${spent}:0`],
    changeIndex: 1,
    changeSat: 399_225n,
    feeSat: 775n,
  })
  await funding!.fund({ ...wanted, outputs: {}, minimumConfirmations: 0, coins: [coin] })
  const expected = {
    raw: { inputs: [], outputs: { 'bcrt1…': '100000' } },
    min_confs: 1,
    spend_unconfirmed: false,
    change_type: 'CHANGE_ADDRESS_TYPE_P2TR',
    sat_per_kw: '1251',
    custom_lock_id: lockId,
    lock_expiration_seconds: '600',
  }
  expect(requestsOf(pair.server, fund)).toEqual([
    expected,
    {
      ...expected,
      raw: { inputs: [lndCoin], outputs: {} },
      min_confs: 0,
      spend_unconfirmed: true,
    },
  ])
})

test('a funding without change is given back before it is refused', async () => {
  await using pair = await startPair({
    [fund]: () => ({
      funded_psbt: psbt,
      change_output_index: -1,
      locked_utxos: [{ id: lockId, outpoint: lndCoin }],
    }),
    [release]: () => ({}),
  })
  expect(await errorOf(pair.node.funding!.fund(wanted))).toMatchObject({
    code: 'node.refused',
    details: { reason: 'no-change' },
  })
  expect(requestsOf(pair.server, release)).toEqual([{ id: lockId, outpoint: lndCoin }])
})

test('a change output that LND names and that is not there is a defect of LND', async () => {
  await using pair = await startPair({
    [fund]: () => ({ funded_psbt: psbt, change_output_index: 2 }),
  })
  await expect(pair.node.funding!.fund(wanted)).rejects.toThrow(/not there/)
})

test('LND is not asked with what it would misunderstand', async () => {
  await using pair = await startPair({})
  const refusals: readonly [what: string, change: object][] = [
    ['nothing to pay', { outputs: {} }],
    ['a list of outputs', { outputs: [] }],
    ['a map of outputs', { outputs: new Map([['bcrt1…', 1n]]) }],
    ['a number', { outputs: { 'bcrt1…': 100_000 } }],
    ['nothing', { outputs: { 'bcrt1…': 0n } }],
    ['less than nothing', { outputs: { 'bcrt1…': -1n } }],
    ['more than there is', { outputs: { 'bcrt1…': 2_100_000_000_000_001n } }],
    [
      'a public key, which LND takes for an address',
      { outputs: { [`02${'ab'.repeat(32)}`]: 1000n } },
    ],
    ['no feerate', { satPerVbyte: 0 }],
    ['a feerate that is no number', { satPerVbyte: Number.NaN }],
    ['an endless feerate', { satPerVbyte: Number.POSITIVE_INFINITY }],
    ['a short id', { lockId: Buffer.alloc(31) }],
    ['an id as text', { lockId: 'ab'.repeat(32) }],
    ['no lock', { lockSeconds: 0 }],
    ['half a second', { lockSeconds: 0.5 }],
    ['fewer than no confirmations', { minimumConfirmations: -1 }],
    ['no coins, when they are given', { coins: [] }],
    ['a coin twice, which LND would count twice', { coins: [coin, coin] }],
    ['a coin that is none', { coins: ['coin'] }],
  ]
  for (const [what, change] of refusals) {
    const error = await errorOf(pair.node.funding!.fund({ ...wanted, ...change }))
    expect(error.code, what).toBe('input.invalid')
  }
  const { funding } = pair.node
  for (const call of [
    () => funding!.sign(new Uint8Array()),
    () => funding!.sign('cHNidP8' as never),
    () => funding!.release(Buffer.alloc(31), []),
    () => funding!.release(lockId, ['coin']),
    () => funding!.release(lockId, coin as never),
  ]) {
    expect((await errorOf(call())).code).toBe('input.invalid')
  }
  expect(pair.server.received).toEqual([])
})

test('a signed transaction has its id and size', async () => {
  await using pair = await startPair({ [finalize]: () => ({ raw_final_tx: raw }) })
  expect(await pair.node.funding!.sign(psbt)).toEqual({
    rawTransaction: raw,
    transactionId,
    virtualBytes: 154,
  })
  expect(requestsOf(pair.server, finalize)).toEqual([{ funded_psbt: psbt }])
})

test('releasing leaves alone what the id does not hold, and goes on', async () => {
  const words: (string | undefined)[] = ['unknown output', 'output unlock not alowed', undefined]
  await using pair = await startPair({
    [release]: () => {
      const says = words.shift()
      if (says !== undefined) throw refuse(says)
      return {}
    },
  })
  const outpoints = [0, 1, 2].map((index) => `${'ab'.repeat(32)}:${index}`)
  await pair.node.funding!.release(lockId, outpoints)
  expect(requestsOf(pair.server, release)).toEqual(
    [0, 1, 2].map((index) => ({
      id: lockId,
      outpoint: { txid_str: 'ab'.repeat(32), output_index: index },
    })),
  )
  words.push('something new')
  expect(await errorOf(pair.node.funding!.release(lockId, outpoints))).toMatchObject({
    code: 'node.unavailable',
    details: { outcome: 'unknown' },
  })
})

test('leases say whose they are and when they end', async () => {
  await using pair = await startPair({
    [list]: () => ({
      locked_utxos: [{ id: lockId, outpoint: lndCoin, expiration: '1795383450' }],
    }),
  })
  expect(await pair.node.funding!.leases()).toEqual([
    { lockId: '07'.repeat(32), outpoint: coin, expiresAt: 1_795_383_450_000 },
  ])
})
