import { status } from '@grpc/grpc-js'
import type { WatchedOutpoint, WatchedOutput } from '@payment-node/core'
import { expect, test } from 'vitest'
import { lnd } from '../../src/index.ts'
import { collect, errorOf } from '../collect.ts'
import { refuse, requestsOf, startFakeLnd, startPair } from '../fake-lnd.ts'
import { startTcpProxy } from '../tcp-proxy.ts'

const confirmations = '/chainrpc.ChainNotifier/RegisterConfirmationsNtfn'
const spends = '/chainrpc.ChainNotifier/RegisterSpendNtfn'
const forever = new Promise<void>(() => {})
const never = new AbortController().signal

/** The first transaction between two people, of block 170, without and with an empty witness (BIP144). */
const id = 'f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16'
const input =
  '01c997a5e56e104102fa209c6a852dd90660a20b2d9c352423edce25857fcd3704000000004847304402204e45e16932b8af514961a1d3a1a25fdf3f4f7732e9d624c6c61548ab5fb8cd410220181522ec8eca07de4860a4acdd12909d831cc56cbbac4622082221a8768d1d0901ffffffff'
const outputs =
  '0200ca9a3b00000000434104ae1a62fe09c5f51b13905f07f06b99a2f7159b2225f374cd378d71302fa28414e7aab37397f554a7df5f142c21c1b7303b8a0626f1baded5c72a704f7e6cd84cac00286bee0000000043410411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f999b8643f656b412a3ac'
const raw = Buffer.from(`01000000${input}${outputs}00000000`, 'hex')
const rawWithWitness = Buffer.from(`010000000001${input}${outputs}010100${'00000000'}`, 'hex')

const script = `5120${'ab'.repeat(32)}`
const output: WatchedOutput = { script, confirmations: 3, fromHeight: 700_000 }
const point: WatchedOutpoint = { outpoint: `${id}:1`, script, fromHeight: 700_000 }
const reversed = Buffer.from(id, 'hex').reverse()

test('a confirmation has its transaction, whose id does not depend on witnesses', async () => {
  for (const raw_tx of [raw, rawWithWitness]) {
    await using pair = await startPair({
      [confirmations]: async (write) => write({ conf: { raw_tx, block_height: 170 } }),
    })
    expect(await collect(pair.node.chain!.watchConfirmation(output, never))).toEqual([
      { kind: 'confirmed', transactionId: id, rawTransaction: raw_tx, blockHeight: 170 },
    ])
    await collect(
      pair.node.chain!.watchConfirmation({ ...output, transactionId: id, fromHeight: 0 }, never),
    )
    expect(requestsOf(pair.server, confirmations)).toEqual([
      {
        txid: Buffer.alloc(0),
        script: Buffer.from(script, 'hex'),
        num_confs: 3,
        height_hint: 700_000,
      },
      // LND takes no height 0.
      { txid: reversed, script: Buffer.from(script, 'hex'), num_confs: 3, height_hint: 1 },
    ])
  }
})

test('a spend has the transaction and the input that spends', async () => {
  await using pair = await startPair({
    [spends]: async (write) =>
      write({
        spend: {
          raw_spending_tx: raw,
          spending_tx_hash: reversed,
          spending_input_index: 4,
          spending_height: 171,
        },
      }),
  })
  expect(await collect(pair.node.chain!.watchSpend(point, never))).toEqual([
    {
      kind: 'spent',
      transactionId: id,
      rawTransaction: raw,
      inputIndex: 4,
      blockHeight: 171,
    },
  ])
  expect(requestsOf(pair.server, spends)).toEqual([
    {
      outpoint: { hash: reversed, index: 1 },
      script: Buffer.from(script, 'hex'),
      height_hint: 700_000,
    },
  ])
})

test('after a reorganization LND is asked anew, whatever the old registration still says', async () => {
  const told = (height: number): object => ({ conf: { raw_tx: raw, block_height: height } })
  let registrations = 0
  await using pair = await startPair({
    [confirmations]: async (write) => {
      registrations += 1
      if (registrations === 2) return write(told(172))
      await write(told(170))
      await write({ reorg: {} })
      // A word from before the reorganization that LND sends late.
      await write(told(170))
      await forever
    },
  })
  const seen: unknown[] = []
  for await (const event of pair.node.chain!.watchConfirmation(output, never)) {
    seen.push(event.kind === 'confirmed' ? event.blockHeight : event.kind)
  }
  expect(seen).toEqual([170, 'reorganized', 172])
})

test('a lost connection ends a watch by throwing, a silent one too; its signal ends it well', async () => {
  await using server = await startFakeLnd({
    answers: {
      [spends]: async (write) => {
        await write({ reorg: {} })
        await forever
      },
      [confirmations]: async (write) => {
        await write({ conf: { raw_tx: raw, block_height: 170 } })
        await forever
      },
    },
  })
  await using proxy = await startTcpProxy(server.port)
  const node = lnd(
    server.options({
      address: `127.0.0.1:${proxy.port}`,
      keepalive: { afterMilliseconds: 50, timeoutMilliseconds: 50 },
    }),
  )
  const stop = new AbortController()
  let count = 0
  for await (const _event of node.chain!.watchSpend(point, stop.signal)) {
    count += 1
    if (count === 2) stop.abort()
  }
  expect(count).toBe(2)
  const read = async (): Promise<void> => {
    for await (const _event of node.chain!.watchConfirmation(output, never)) proxy.goSilent()
  }
  expect(await errorOf(read())).toMatchObject({
    code: 'node.unavailable',
    details: { reason: 'unreachable', outcome: 'none' },
  })
  await node.close()
})

test('what LND says when it cannot watch', async () => {
  const cases: readonly [says: ReturnType<typeof refuse>, expected: object][] = [
    [
      refuse('chain notifier RPC is still in the process of starting', status.UNAVAILABLE),
      { code: 'node.unavailable', details: { reason: 'starting', outcome: 'none' } },
    ],
    [
      refuse('chain notifier shutting down'),
      { code: 'node.unavailable', details: { reason: 'unreachable' } },
    ],
    [
      refuse('unknown service chainrpc.ChainNotifier', status.UNIMPLEMENTED),
      { code: 'node.unsupported', details: { call: confirmations } },
    ],
    [
      refuse('permission denied'),
      { code: 'node.macaroon-rejected', details: { reason: 'permission-denied' } },
    ],
    [refuse('unsupported script type'), { code: 'node.refused' }],
  ]
  for (const [says, expected] of cases) {
    await using pair = await startPair({
      [confirmations]: () => {
        throw says
      },
    })
    const error = await errorOf(collect(pair.node.chain!.watchConfirmation(output, never)))
    expect(error, says.details).toMatchObject(expected)
  }
})

test('what is no output and no outpoint is not sent', async () => {
  await using pair = await startPair({ [confirmations]: () => forever, [spends]: () => forever })
  const { chain } = pair.node
  const outputs: readonly [field: string, wrong: object][] = [
    ['script', { script: '' }],
    ['script', { script: 'ABCD' }],
    ['script', { script: 'abc' }],
    ['transactionId', { transactionId: 'ab' }],
    ['confirmations', { confirmations: 0 }],
    ['confirmations', { confirmations: 145 }],
    ['confirmations', { confirmations: 1.5 }],
    ['fromHeight', { fromHeight: -1 }],
  ]
  for (const [field, wrong] of outputs) {
    const error = await errorOf(collect(chain!.watchConfirmation({ ...output, ...wrong }, never)))
    expect(error, field).toMatchObject({ code: 'input.invalid', details: { field } })
  }
  for (const [field, wrong] of [
    ['outpoint', { outpoint: id }],
    ['script', { script: 'no hex' }],
    ['fromHeight', { fromHeight: Number.NaN }],
  ] as const) {
    const error = await errorOf(collect(chain!.watchSpend({ ...point, ...wrong }, never)))
    expect(error, field).toMatchObject({ code: 'input.invalid', details: { field } })
  }
  expect(pair.server.received).toEqual([])
})
