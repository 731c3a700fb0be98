import { expect, test } from 'vitest'
import { errorOf } from '../collect.ts'
import { refuse, requestsOf, startPair } from '../fake-lnd.ts'

const close = '/lnrpc.Lightning/CloseChannel'
const pending = '/lnrpc.Lightning/PendingChannels'
const forever = new Promise<void>(() => {})
const internal = Buffer.from([...Array(32).keys()])
const display = '1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100'
const channelPoint = `${'ee'.repeat(32)}:3`
const request = { channelPoint, isForce: false }

test('a close is done at its first update, and LND goes on with it', async () => {
  const left = Promise.withResolvers<void>()
  let update: object = {}
  await using pair = await startPair({
    [close]: async (write, _request, stream) => {
      stream.on('cancelled', left.resolve)
      await write(update)
      await forever
    },
  })
  update = { close_pending: { txid: internal, output_index: 0 } }
  expect(await pair.node.opener!.close({ ...request, satPerVbyte: 9 })).toEqual({
    closingTransaction: display,
  })
  await left.promise
  update = { chan_close: { closing_txid: internal } }
  expect(await pair.node.opener!.close({ ...request, isForce: true })).toEqual({
    closingTransaction: display,
  })
  update = { close_instant: { num_pending_htlcs: 0 } }
  expect(await pair.node.opener!.close(request)).toEqual({})
  const channel_point = { funding_txid_str: 'ee'.repeat(32), output_index: 3 }
  expect(requestsOf(pair.server, close)).toMatchObject([
    { channel_point, force: false, sat_per_vbyte: '9' },
    // LND refuses a feerate here, so none may be sent.
    { channel_point, force: true, sat_per_vbyte: '0' },
    { channel_point, force: false, sat_per_vbyte: '0' },
  ])
})

test('a refusal of what closes already is success, of what is opening has its own reason', async () => {
  const channel = { channel_point: channelPoint }
  const offline =
    'unable to gracefully close channel while peer is offline (try force closing it instead): channel link not found'
  let listed: object = {}
  await using pair = await startPair({
    [close]: () => {
      throw refuse(offline)
    },
    [pending]: () => listed,
  })
  const attempt = () => pair.node.opener!.close(request)
  expect(await errorOf(attempt())).toMatchObject({ details: { reason: 'peer-offline' } })
  listed = { waiting_close_channels: [{ channel: { channel_point: `${'ee'.repeat(32)}:4` } }] }
  expect(await errorOf(attempt())).toMatchObject({ details: { reason: 'peer-offline' } })
  listed = { waiting_close_channels: [{ channel, closing_txid: 'ff' }] }
  expect(await attempt()).toEqual({ closingTransaction: 'ff' })
  listed = { waiting_close_channels: [{ channel }] }
  expect(await attempt()).toEqual({})
  listed = { pending_force_closing_channels: [{ channel, closing_txid: 'aa' }] }
  expect(await attempt()).toEqual({ closingTransaction: 'aa' })
  listed = { pending_open_channels: [{ channel }] }
  expect(await errorOf(attempt())).toMatchObject({
    code: 'node.refused',
    details: { call: close, reason: 'channel-state' },
  })
})

test('a close without an answer is unknown: by time, by the caller, by the end of LND', async () => {
  await using pair = await startPair({ [close]: () => forever }, { peerDeadlineMilliseconds: 100 })
  const attempt = (signal?: AbortSignal) => errorOf(pair.node.opener!.close(request, signal))
  expect(await attempt()).toMatchObject({
    code: 'node.unavailable',
    details: { reason: 'deadline', outcome: 'unknown' },
  })
  expect(await attempt(AbortSignal.abort())).toMatchObject({
    code: 'node.unavailable',
    details: { outcome: 'unknown' },
  })
  // LND ends the stream well while it stops.
  pair.server.answers.set(close, () => {})
  expect(await attempt()).toMatchObject({
    code: 'node.unavailable',
    details: { reason: 'unreachable', outcome: 'unknown' },
  })
})
