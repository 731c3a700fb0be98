import type { ChannelHint } from '@payment-node/core'
import { expect, test } from 'vitest'
import { collect, errorOf } from '../collect.ts'
import { requestsOf, startPair } from '../fake-lnd.ts'

const events = '/lnrpc.Lightning/SubscribeChannelEvents'
const forever = new Promise<void>(() => {})
const peer = `02${'ab'.repeat(32)}`
const internal = Buffer.from([...Array(32).keys()])
const display = '1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100'

const channel = {
  active: true,
  remote_pubkey: peer,
  channel_point: `${display}:1`,
  chan_id: '18446744073709551615',
  capacity: '5000000',
  local_balance: '2996530',
  remote_balance: '2000000',
  commit_weight: '1116',
  fee_per_kw: '2500',
  num_updates: '9007199254740993',
  initiator: true,
  commitment_type: 'ANCHORS',
  local_constraints: { chan_reserve_sat: '50000' },
  remote_constraints: { chan_reserve_sat: '40000' },
  peer_alias: 'bob',
  memo: 'intent 7',
}

const closed = {
  channel_point: `${display}:1`,
  closing_tx_hash: 'ff'.repeat(32),
  remote_pubkey: peer,
  capacity: '5000000',
  close_height: 800_123,
  settled_balance: '2990000',
  close_type: 'BREACH_CLOSE',
  open_initiator: 'INITIATOR_LOCAL',
  close_initiator: 'INITIATOR_REMOTE',
}

test('a channel reads as the port says', async () => {
  let channels: object[] = []
  await using pair = await startPair({ '/lnrpc.Lightning/ListChannels': () => ({ channels }) })
  const pending_htlcs = [
    { incoming: true, amount: '12', hash_lock: internal, expiration_height: 800_001 },
    { amount: '13', hash_lock: internal },
  ]
  channels = [{ ...channel, pending_htlcs }]
  expect(await pair.node.listChannels()).toEqual([
    {
      channelPoint: `${display}:1`,
      channelId: '18446744073709551615',
      peer,
      peerAlias: 'bob',
      capacityMsat: 5_000_000_000n,
      localMsat: 2_996_530_000n,
      remoteMsat: 2_000_000_000n,
      localReserveMsat: 50_000_000n,
      remoteReserveMsat: 40_000_000n,
      feePerKw: 2500n,
      commitWeight: 1116n,
      isInitiator: true,
      commitmentType: 'anchors',
      isActive: true,
      isPrivate: false,
      pendingHtlcs: [
        {
          direction: 'incoming',
          amountMsat: 12_000n,
          // A hash, unlike a transaction id, is not turned round.
          paymentHash: internal.toString('hex'),
          expiryHeight: 800_001,
        },
        {
          direction: 'outgoing',
          amountMsat: 13_000n,
          paymentHash: internal.toString('hex'),
          expiryHeight: 0,
        },
      ],
      updateCount: 9_007_199_254_740_993n,
      memo: 'intent 7',
    },
  ])
  channels = [
    { ...channel, peer_alias: 'unable to lookup peer alias: graph node not found', memo: '' },
  ]
  const [plain] = await pair.node.listChannels()
  expect(plain).not.toHaveProperty('peerAlias')
  expect(plain).not.toHaveProperty('memo')
  expect(requestsOf(pair.server, '/lnrpc.Lightning/ListChannels')[0]).toEqual({
    peer_alias_lookup: true,
  })
})

test('every commitment type has its kind, whatever name an alias comes under', async () => {
  let commitment_type: string | number = 0
  await using pair = await startPair({
    '/lnrpc.Lightning/ListChannels': () => ({ channels: [{ ...channel, commitment_type }] }),
  })
  const kinds: readonly [type: string | number, kind: string][] = [
    ['UNKNOWN_COMMITMENT_TYPE', 'unknown'],
    ['LEGACY', 'legacy'],
    ['STATIC_REMOTE_KEY', 'legacy'],
    ['ANCHORS', 'anchors'],
    ['SCRIPT_ENFORCED_LEASE', 'anchors'],
    ['SIMPLE_TAPROOT', 'taproot'],
    ['SIMPLE_TAPROOT_OVERLAY', 'taproot'],
    [7, 'taproot'],
    [99, 'unknown'],
  ]
  for (const [type, kind] of kinds) {
    commitment_type = type
    const [found] = await pair.node.listChannels()
    expect(found?.commitmentType, String(type)).toBe(kind)
  }
})

test('channels that open, close and mature are told apart', async () => {
  const pending = {
    remote_node_pub: peer,
    channel_point: 'aa:0',
    capacity: '100',
    local_balance: '60',
    remote_balance: '30',
  }
  const local = { ...pending, initiator: 'INITIATOR_LOCAL', memo: 'intent 8' }
  const remote = { ...pending, initiator: 'INITIATOR_REMOTE' }
  await using pair = await startPair({
    '/lnrpc.Lightning/PendingChannels': () => ({
      pending_open_channels: [{ channel: local, funding_expiry_blocks: -12 }],
      waiting_close_channels: [{ channel: remote, closing_txid: '' }],
      pending_force_closing_channels: [
        { channel: local, closing_txid: 'bb', maturity_height: 800_144 },
      ],
    }),
  })
  const common = {
    channelPoint: 'aa:0',
    peer,
    capacityMsat: 100_000n,
    localMsat: 60_000n,
    remoteMsat: 30_000n,
  }
  const ours = { ...common, isInitiator: true, memo: 'intent 8' }
  expect(await pair.node.listPendingChannels()).toEqual([
    { ...ours, state: 'opening', fundingExpiryBlocks: -12 },
    { ...common, isInitiator: false, state: 'closing' },
    { ...ours, state: 'force-closing', closingTransaction: 'bb', maturityHeight: 800_144 },
  ])
})

test('what LND still claims after a force close is in limbo, and unknown before it reports anything', async () => {
  const channel = { channel_point: 'aa:0', capacity: '900', local_balance: '60' }
  let more: object = {}
  await using pair = await startPair({
    '/lnrpc.Lightning/PendingChannels': () => ({
      pending_force_closing_channels: [{ channel, ...more }],
    }),
  })
  const htlcs = [
    { incoming: true, amount: '200', outpoint: 'bb:1', stage: 1 },
    { incoming: false, amount: '120', outpoint: 'cc:0', stage: 2 },
  ]
  const read = [
    { direction: 'incoming', amountMsat: 200_000n, outpoint: 'bb:1' },
    { direction: 'outgoing', amountMsat: 120_000n, outpoint: 'cc:0' },
  ]
  const rows: readonly [reply: object, limbo: object | undefined][] = [
    [{}, undefined],
    [
      { limbo_balance: '380', pending_htlcs: htlcs },
      { totalMsat: 380_000n, htlcs: read },
    ],
    [
      { limbo_balance: '0', recovered_balance: '60' },
      { totalMsat: 0n, htlcs: [] },
    ],
  ]
  for (const [reply, limbo] of rows) {
    more = reply
    const [found] = await pair.node.listPendingChannels()
    expect(found?.limbo, JSON.stringify(reply)).toEqual(limbo)
  }
})

test('closed channels say how and by whom', async () => {
  let channels: object[] = []
  await using pair = await startPair({ '/lnrpc.Lightning/ClosedChannels': () => ({ channels }) })
  channels = [closed]
  expect(await pair.node.listClosedChannels()).toEqual([
    {
      channelPoint: `${display}:1`,
      peer,
      capacityMsat: 5_000_000_000n,
      closeType: 'breach',
      openedBy: 'us',
      closedBy: 'peer',
      closingTransaction: 'ff'.repeat(32),
      closeHeight: 800_123,
      settledMsat: 2_990_000_000n,
    },
  ])
  const rows: readonly [type: string, initiator: string | number, closeType: string, by: string][] =
    [
      ['COOPERATIVE_CLOSE', 'INITIATOR_BOTH', 'cooperative', 'both'],
      ['LOCAL_FORCE_CLOSE', 'INITIATOR_LOCAL', 'local-force', 'us'],
      ['REMOTE_FORCE_CLOSE', 'INITIATOR_REMOTE', 'remote-force', 'peer'],
      ['FUNDING_CANCELED', 'INITIATOR_UNKNOWN', 'funding-canceled', 'unknown'],
      ['ABANDONED', 9, 'abandoned', 'unknown'],
    ]
  channels = rows.map(([close_type, close_initiator]) => ({
    ...closed,
    close_type,
    close_initiator,
  }))
  const found = await pair.node.listClosedChannels()
  expect(found.map(({ closeType, closedBy }) => [closeType, closedBy])).toEqual(
    rows.map(([, , closeType, by]) => [closeType, by]),
  )
  channels = [{ ...closed, close_type: 9 }]
  await expect(pair.node.listClosedChannels()).rejects.toThrow(/unknown close type 9/)
})

test('of a close by force, what we claimed is told, and what the peer took is not', async () => {
  const claim = (resolution_type: string, outcome: string, output_index: number): object => ({
    resolution_type,
    outcome,
    outpoint: { txid_str: 'ff'.repeat(32), output_index },
    amount_sat: String(1000 + output_index),
    sweep_txid: `${output_index}`.repeat(64),
  })
  const resolutions = [
    claim('COMMIT', 'CLAIMED', 0),
    claim('ANCHOR', 'CLAIMED', 1),
    claim('ANCHOR', 'ABANDONED', 2),
    claim('INCOMING_HTLC', 'CLAIMED', 3),
    claim('INCOMING_HTLC', 'TIMEOUT', 4),
    claim('OUTGOING_HTLC', 'CLAIMED', 5),
    claim('OUTGOING_HTLC', 'TIMEOUT', 6),
    claim('OUTGOING_HTLC', 'FIRST_STAGE', 7),
    claim('COMMIT', 'UNCLAIMED', 8),
    claim('TYPE_UNKNOWN', 'CLAIMED', 9),
    { ...claim('COMMIT', 'CLAIMED', 1), sweep_txid: '' },
  ]
  await using pair = await startPair({
    '/lnrpc.Lightning/ClosedChannels': () => ({ channels: [{ ...closed, resolutions }] }),
  })
  const [found] = await pair.node.listClosedChannels()
  const ours = [
    ['balance', 0],
    ['anchor', 1],
    ['payment', 3],
    ['payment', 6],
    ['payment', 7],
  ] as const
  expect(found!.claims).toEqual(
    ours.map(([kind, index]) => ({
      kind,
      outpoint: `${'ff'.repeat(32)}:${index}`,
      amountMsat: BigInt(1000 + index) * 1000n,
      transaction: `${index}`.repeat(64),
    })),
  )
})

test('channel events become hints with the channel in display order', async () => {
  const point = { funding_txid_bytes: internal, output_index: 2 }
  await using pair = await startPair({
    [events]: async (write) => {
      await write({
        type: 'PENDING_OPEN_CHANNEL',
        pending_open_channel: { txid: internal, output_index: 2 },
      })
      await write({ type: 'CHANNEL_UPDATE' })
      await write({ type: 42 })
      await write({ type: 'OPEN_CHANNEL', open_channel: channel })
      await write({ type: 'ACTIVE_CHANNEL', active_channel: point })
      await write({ type: 'INACTIVE_CHANNEL', inactive_channel: point })
      await write({ type: 'CLOSED_CHANNEL', closed_channel: closed })
      await write({
        type: 'FULLY_RESOLVED_CHANNEL',
        fully_resolved_channel: { funding_txid_str: 'cc', output_index: 0 },
      })
      await forever
    },
  })
  const hints: ChannelHint[] = []
  for await (const hint of pair.node.watchChannels(new AbortController().signal)) {
    hints.push(hint)
    if (hint.kind === 'changed' && hint.channelPoint === 'cc:0') break
  }
  expect(hints[0]).toEqual({ kind: 'subscribed' })
  const points = hints.flatMap((hint) => (hint.kind === 'changed' ? [hint.channelPoint] : []))
  expect(new Set(points)).toEqual(new Set([`${display}:2`, `${display}:1`, 'cc:0']))
  expect(hints.filter(({ kind }) => kind === 'closed')).toMatchObject([
    { channel: { closeType: 'breach', channelPoint: `${display}:1` } },
  ])
})

test('a lost connection ends the hints with an error, a signal without one', async () => {
  await using pair = await startPair({ [events]: () => {} })
  const error = await errorOf(collect(pair.node.watchChannels(new AbortController().signal)))
  expect(error).toMatchObject({ code: 'node.unavailable' })
  pair.server.answers.set(events, () => forever)
  const stop = new AbortController()
  const hints: ChannelHint[] = []
  for await (const hint of pair.node.watchChannels(stop.signal)) {
    hints.push(hint)
    stop.abort()
  }
  expect(hints).toEqual([{ kind: 'subscribed' }])
})

test('the wallet is read in msat', async () => {
  await using pair = await startPair({
    '/lnrpc.Lightning/WalletBalance': () => ({
      confirmed_balance: '2100000000000000',
      unconfirmed_balance: '2',
      locked_balance: '3',
      reserved_balance_anchor_chan: '10000',
    }),
  })
  expect(await pair.node.walletBalance()).toEqual({
    confirmedMsat: 2_100_000_000_000_000_000n,
    unconfirmedMsat: 2000n,
    lockedMsat: 3000n,
    reservedMsat: 10_000_000n,
  })
})

test('backups are exported, verified and watched', async () => {
  const multi_chan_backup = {
    multi_chan_backup: Buffer.from('scb'),
    chan_points: [{ funding_txid_bytes: internal, output_index: 0 }],
  }
  await using pair = await startPair({
    '/lnrpc.Lightning/ExportAllChannelBackups': () => ({ multi_chan_backup }),
    '/lnrpc.Lightning/VerifyChanBackup': () => ({ chan_points: [`${display}:0`] }),
    '/lnrpc.Lightning/SubscribeChannelBackups': async (write) => {
      await write({ multi_chan_backup })
      await forever
    },
  })
  const backups = pair.node.backups!
  const exported = await backups.export()
  expect(exported).toEqual({ bytes: Buffer.from('scb'), channelPoints: [`${display}:0`] })
  expect(await backups.verify(exported.bytes)).toEqual([`${display}:0`])
  expect(requestsOf(pair.server, '/lnrpc.Lightning/VerifyChanBackup')).toMatchObject([
    { multi_chan_backup: { multi_chan_backup: Buffer.from('scb') } },
  ])
  for await (const backup of backups.watch(new AbortController().signal)) {
    expect(backup).toEqual(exported)
    break
  }
})
