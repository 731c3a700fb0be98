import type { Storage } from '@payment-node/core'
import { expect, test } from 'vitest'
import { planChannels } from '../../src/domain/keeper-plan.ts'
import type { KeeperPolicy, KeeperSnapshot } from '../../src/domain/keeper-snapshot.ts'
import { joinPeerLists } from '../../src/domain/listed-peers.ts'
import { channelIntents, closeIntents } from '../../src/tables/channel-intents.ts'
import { channels } from '../../src/tables/channels.ts'
import { decisions } from '../../src/tables/keeper.ts'
import { insert } from '../../src/tables/table.ts'
import { type KeeperStand, openStand } from './keeper-stand.ts'

/** Rows that a minute of looks reads, when so many channels, openings, closes and decisions have ended. */
async function rowsReadWith(ended: number): Promise<number> {
  const stand = openStand({ channels: { mode: 'recommend' } })
  await stand.run(stand.node.start())
  await stand.clock.advance(10_000)
  await fill(stand, ended)
  let read = 0
  const { storage } = stand.process
  const original: Pick<Storage, 'find' | 'get'> = {
    find: storage.find.bind(storage),
    get: storage.get.bind(storage),
  }
  storage.find = async (table, query) => {
    const rows = await original.find(table, query)
    read += rows.length
    return rows
  }
  storage.get = (table, key) => {
    read++
    return original.get(table, key)
  }
  await stand.clock.advance(60_000)
  return read
}

async function fill({ run, process, lnd, clock }: KeeperStand, count: number): Promise<void> {
  const base = { node: lnd.publicKey, network: 'regtest' }
  // Older than what decides now, and in the order of time that LND gives.
  const at = clock.now() - 86_400_000
  for (let number = 0; number < count; number++) {
    const point = `${String(number).padStart(64, '0')}:0`
    const ended = { created_at: at, updated_at: at }
    const writes = [
      insert(channels, {
        ...base,
        channel_point: point,
        state: 'closed',
        peer: `02${'3'.repeat(64)}`,
        capacity_msat: 1n,
        local_msat: 1n,
        remote_msat: 0n,
        under_way_msat: null,
        update_count: 0,
        is_initiator: true,
        is_private: false,
        memo: null,
        close_type: 'cooperative',
        closed_by: 'us',
        first_seen_at: at,
        updated_at: at,
        ownership: 'ours',
        intent: null,
        channel_id: null,
        inactive_since: at,
        closed_at: at,
        no_close_before: null,
        attribution: {},
      }),
      insert(channelIntents, {
        ...base,
        id: `old-${number}`,
        source: 'keeper',
        state: 'open',
        reason: null,
        peer: `02${'3'.repeat(64)}`,
        address: 'x:1',
        alias: null,
        capacity_msat: 1n,
        is_private: false,
        sat_per_vbyte: 1,
        outpoints: [],
        fee_limit_msat: 1n,
        fee_msat: null,
        budget_period: '2025-12',
        channel_point: point,
        epoch: 1,
        calls: 1,
        since_height: 1,
        evidence: null,
        idempotency_key: `old-${number}`,
        request: '',
        ...ended,
      }),
      insert(closeIntents, {
        ...base,
        channel_point: point,
        state: 'closed',
        reason: null,
        is_force: false,
        is_replaced: false,
        sat_per_vbyte: 0,
        says: 'x',
        closing_transaction: null,
        decision: null,
        worst_cost_msat: null,
        budget_period: null,
        ...ended,
      }),
      insert(decisions, {
        ...base,
        id: `old-${number}`,
        lever: 'keeper',
        mode: 'act',
        verdict: 'enough',
        reason: 'enough',
        peer: null,
        capacity_msat: 0n,
        cost_msat: 0n,
        details: {},
        intent: null,
        decided_at: at,
      }),
    ]
    await run(process.storage.commit({ writes }))
  }
}

test('a look reads what lives, whatever has ended', async () => {
  const few = await rowsReadWith(10)
  const many = await rowsReadWith(500)
  expect(few).toBeGreaterThan(20)
  expect(many).toBe(few)
})

test('a plan touches each channel, mark and entry a few times, not each with each', () => {
  const key = (number: number): string => `02${number.toString(16).padStart(64, '0')}`
  const candidates = Array.from({ length: 10_000 }, (_, at) => ({
    publicKey: key(at + 1),
    address: 'peer.example:9735',
    rank: at,
  }))
  const list = joinPeerLists([{ list: 'large', candidates }])
  let reads = 0
  const counted = <T extends object>(value: T): T =>
    new Proxy(value, {
      get: (target, name) => {
        reads++
        return Reflect.get(target, name)
      },
    })
  const snapshot: KeeperSnapshot = {
    now: 1e12,
    self: key(0),
    readyFor: 1e9,
    pausedReason: null,
    haltedReason: null,
    canOpen: true,
    list: { ...list, entries: list.entries.map(counted) },
    channels: Array.from({ length: 1000 }, (_, at) =>
      counted({
        peer: key(at + 1),
        state: 'active' as const,
        ownership: 'ours' as const,
        inactiveSince: null,
        isStuck: false,
        isAttributed: false,
        isWaived: false,
      }),
    ),
    marks: Array.from({ length: 9000 }, (_, at) =>
      counted({
        peer: key(at + 1001),
        state: 'blacklisted' as const,
        until: null,
        isWaived: false,
      }),
    ),
    opening: undefined,
    retryAt: 0,
    money: undefined,
  }
  const policy: KeeperPolicy = {
    minimumActive: 1001,
    capacityMsat: 1n,
    capPerOpenMsat: 1n,
    gracePeriod: 1,
    settlePeriod: 0,
    maximumFeerate: 1,
    budgetMsat: 1n,
    onchainFloorMsat: 1n,
  }
  expect(planChannels(snapshot, policy)).toMatchObject({
    reason: 'list-exhausted',
    passedOverCount: 10_000,
    count: { active: 1000 },
  })
  expect(reads).toBeLessThan(10 * 20_000)
})
