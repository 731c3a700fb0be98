import { expect, test } from 'vitest'
import { lnd } from '../../src/index.ts'
import { errorOf } from '../collect.ts'
import { refuse, requestsOf, startPair } from '../fake-lnd.ts'

const connect = '/lnrpc.Lightning/ConnectPeer'
const peers = '/lnrpc.Lightning/ListPeers'
const open = '/lnrpc.Lightning/OpenChannelSync'
const abandon = '/lnrpc.Lightning/AbandonChannel'
const peer = `02${'ab'.repeat(32)}`
const internal = Buffer.from([...Array(32).keys()])
const display = '1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100'

const wanted = {
  peer,
  capacitySat: 2_000_000n,
  satPerVbyte: 7,
  outpoints: [`${display}:1`, `${'cd'.repeat(32)}:4294967295`],
  memo: 'intent 7',
  isPrivate: true,
}

test('connecting is over when LND has the peer, since an open needs it there', async () => {
  let looks = 0
  await using pair = await startPair({
    [connect]: () => ({}),
    [peers]: () => ({
      peers: ++looks < 3 ? [{ pub_key: `03${'ab'.repeat(32)}` }] : [{ pub_key: peer }],
    }),
  })
  await pair.node.opener!.connect(peer, 'example.org:9735')
  expect(looks).toBe(3)
  const onion = `${'a'.repeat(56)}.onion:9735`
  await pair.node.opener!.connect(peer, onion)
  expect(requestsOf(pair.server, connect)).toEqual([
    { addr: { pubkey: peer, host: 'example.org:9735' }, perm: false, timeout: '10' },
    { addr: { pubkey: peer, host: onion }, perm: false, timeout: '60' },
  ])
})

test('being connected already is success and asks nothing more', async () => {
  await using pair = await startPair({
    [connect]: () => {
      throw refuse(`already connected to peer: ${peer}@127.0.0.1:9735`)
    },
  })
  await pair.node.opener!.connect(peer, '127.0.0.1:9735')
  expect(pair.server.received.map(({ path }) => path)).toEqual([connect])
})

test('whatever LND says of an attempt that failed, the peer is unreachable', async () => {
  let words = ''
  await using pair = await startPair({
    [connect]: () => {
      throw refuse(words)
    },
  })
  for (words of [
    'dial tcp 127.0.0.1:1: connect: connection refused',
    'dial tcp 10.0.0.1:9735: i/o timeout',
    'lookup nowhere.invalid: no such host',
    'EOF',
    'read tcp 127.0.0.1:5->127.0.0.1:6: i/o timeout',
    'chacha20poly1305: message authentication failed',
  ]) {
    const error = await errorOf(pair.node.opener!.connect(peer, '127.0.0.1:9735'))
    expect(error, words).toMatchObject({
      code: 'node.refused',
      details: { call: connect, reason: 'peer-unreachable' },
    })
    expect(error.message).toContain(words)
  }
  words = 'server is still in the process of starting'
  expect(await errorOf(pair.node.opener!.connect(peer, '127.0.0.1:9735'))).toMatchObject({
    code: 'node.unavailable',
    details: { reason: 'starting', outcome: 'none' },
  })
})

test('an open names its inputs, its intent and a whole feerate, and pushes nothing', async () => {
  await using pair = await startPair({
    [open]: () => ({ funding_txid_bytes: internal, output_index: 1 }),
  })
  expect(await pair.node.opener!.open(wanted)).toEqual({ channelPoint: `${display}:1` })
  expect(requestsOf(pair.server, open)).toEqual([
    {
      node_pubkey: Buffer.from(peer, 'hex'),
      local_funding_amount: '2000000',
      sat_per_vbyte: '7',
      private: true,
      min_confs: 1,
      memo: 'intent 7',
      outpoints: [
        { txid_str: display, output_index: 1 },
        { txid_str: 'cd'.repeat(32), output_index: 4_294_967_295 },
      ],
    },
  ])
})

test('what cannot be asked for is refused before LND hears of it', async () => {
  await using pair = await startPair({})
  const { opener } = pair.node
  const point = `${display}:1`
  const rows: readonly [field: string, call: () => Promise<unknown>][] = [
    ['peer', () => opener!.open({ ...wanted, peer: peer.toUpperCase() })],
    ['peer', () => opener!.open({ ...wanted, peer: `04${'ab'.repeat(32)}` })],
    ['capacitySat', () => opener!.open({ ...wanted, capacitySat: 0n })],
    ['capacitySat', () => opener!.open({ ...wanted, capacitySat: 5 as never })],
    ['satPerVbyte', () => opener!.open({ ...wanted, satPerVbyte: 0 })],
    ['satPerVbyte', () => opener!.open({ ...wanted, satPerVbyte: 1.5 })],
    // Without inputs LND chooses, at each attempt others.
    ['outpoints', () => opener!.open({ ...wanted, outpoints: [] })],
    ['outpoints', () => opener!.open({ ...wanted, outpoints: [point, point] })],
    ['outpoints', () => opener!.open({ ...wanted, outpoints: [display] })],
    ['outpoints', () => opener!.open({ ...wanted, outpoints: [`${display}:4294967296`] })],
    ['memo', () => opener!.open({ ...wanted, memo: 'ü'.repeat(251) })],
    ['peer', () => opener!.connect('02', 'example.org:9735')],
    ['address', () => opener!.connect(peer, 'example.org')],
    ['channelPoint', () => opener!.close({ channelPoint: 'x', isForce: false })],
    ['satPerVbyte', () => opener!.close({ channelPoint: point, isForce: true, satPerVbyte: 5 })],
    ['satPerVbyte', () => opener!.close({ channelPoint: point, isForce: false, satPerVbyte: 0 })],
    ['channelPoint', () => opener!.abandon(`${display}:x`)],
  ]
  for (const [index, [field, call]] of rows.entries()) {
    expect(await errorOf(call()), `row ${index}`).toMatchObject({
      code: 'input.invalid',
      details: { field },
    })
  }
  expect(pair.server.received).toEqual([])
})

test('an open outlasts other calls, and its end by time is no failure', async () => {
  const agreed = Promise.withResolvers<object>()
  await using pair = await startPair(
    { [open]: () => agreed.promise, '/lnrpc.Lightning/ListChannels': () => new Promise(() => {}) },
    { replyDeadlineMilliseconds: 100 },
  )
  const opening = pair.node.opener!.open(wanted)
  expect(await errorOf(pair.node.listChannels())).toMatchObject({ details: { reason: 'deadline' } })
  agreed.resolve({ funding_txid_bytes: internal, output_index: 0 })
  expect(await opening).toEqual({ channelPoint: `${display}:0` })

  const node = lnd(pair.server.options({ peerDeadlineMilliseconds: 100 }))
  pair.server.answers.set(open, () => new Promise(() => {}))
  expect(await errorOf(node.opener!.open(wanted))).toMatchObject({
    code: 'node.unavailable',
    details: { reason: 'deadline', outcome: 'unknown' },
  })
  await node.close()
})

test('an open that the caller leaves, or whose reply is lost, is unknown', async () => {
  const stop = new AbortController()
  await using pair = await startPair({
    [open]: () => {
      stop.abort()
      return new Promise(() => {})
    },
  })
  const left = await errorOf(pair.node.opener!.open(wanted, stop.signal))
  expect(left).toMatchObject({ code: 'node.unavailable', details: { outcome: 'unknown' } })
  // While it stops, LND answers with nothing, which gRPC calls an internal error.
  pair.server.answers.set(open, () => {
    throw refuse('grpc: error while marshaling: proto: Marshal called with nil', 13)
  })
  const lost = await errorOf(pair.node.opener!.open(wanted))
  expect(lost).toMatchObject({ code: 'node.unavailable', details: { outcome: 'unknown' } })
})

test('only an opening channel that no block has is abandoned', async () => {
  const channel = { channel_point: `${display}:1` }
  let channels: object[] = []
  let pending: object = {}
  await using pair = await startPair({
    '/lnrpc.Lightning/ListChannels': () => ({ channels }),
    '/lnrpc.Lightning/PendingChannels': () => pending,
    [abandon]: () => ({}),
  })
  const attempt = (): Promise<void> => pair.node.opener!.abandon(`${display}:1`)

  await attempt()
  pending = { pending_open_channels: [{ channel: { channel_point: `${display}:2` } }] }
  await attempt()
  const refused: readonly [name: string, channels: object[], pending: object][] = [
    ['open', [channel], {}],
    ['closing', [], { waiting_close_channels: [{ channel }] }],
    ['force-closing', [], { pending_force_closing_channels: [{ channel }] }],
    ['confirmed', [], { pending_open_channels: [{ channel, confirmation_height: 800_000 }] }],
  ]
  for (const [name, ofOpen, ofPending] of refused) {
    channels = ofOpen
    pending = ofPending
    expect(await errorOf(attempt()), name).toMatchObject({
      code: 'node.refused',
      details: { call: abandon, reason: 'channel-state' },
    })
  }
  expect(requestsOf(pair.server, abandon)).toEqual([])

  channels = []
  pending = { pending_open_channels: [{ channel, confirmation_height: 0 }] }
  await attempt()
  expect(requestsOf(pair.server, abandon)).toMatchObject([
    {
      channel_point: { funding_txid_str: display, output_index: 1 },
      i_know_what_i_am_doing: true,
    },
  ])
})
