import { sqlite } from '@payment-node/storage-sqlite'
import type { Context, Leadership } from '../../packages/core/src/context.ts'
import { createMemory, tick } from '../../packages/core/src/keeper/tick.ts'
import { readOptions } from '../../packages/core/src/options.ts'
import { loadPeers } from '../../packages/core/src/peers/current-peers.ts'
import { systemClock } from '../../packages/core/src/system-clock.ts'
import { systemRandom } from '../../packages/core/src/system-random.ts'
import { channelIntents } from '../../packages/core/src/tables/channel-intents.ts'
import { channels } from '../../packages/core/src/tables/channels.ts'
import { peerMarks } from '../../packages/core/src/tables/keeper.ts'
import { safety } from '../../packages/core/src/tables/node.ts'
import { schema } from '../../packages/core/src/tables/schema.ts'
import { type Fields, insert } from '../../packages/core/src/tables/table.ts'
import type { TickTimes } from '../sections/keeper.ts'

const { file, finished } = JSON.parse(process.argv[2]!) as { file: string; finished: number }
const living = 1000
const listed = 10_000
const marked = 8000
const looks = 40
/** Rows of one commit. */
const page = 500

const storage = sqlite({ file })
await storage.open(schema, { clock: systemClock })
const key = (number: number): string => `02${number.toString(16).padStart(64, '0')}`
const identity = { publicKey: key(0), network: 'regtest' } as const
const base = { node: identity.publicKey, network: identity.network }
const now = Date.now()

const channel = (number: number, state: 'active' | 'closed', peer: number) =>
  insert(channels, {
    ...base,
    channel_point: `${String(number).padStart(64, '0')}:0`,
    state,
    peer: key(peer),
    capacity_msat: 2_000_000_000n,
    local_msat: 1_000_000_000n,
    remote_msat: 999_000_000n,
    update_count: 1,
    is_initiator: true,
    is_private: false,
    memo: null,
    close_type: null,
    closed_by: null,
    first_seen_at: now,
    updated_at: now,
    ownership: 'ours',
    intent: null,
    channel_id: null,
    inactive_since: null,
    closed_at: null,
    attribution: null,
  } as Fields<typeof channels>)

const opened = (number: number) =>
  insert(channelIntents, {
    ...base,
    id: `opening-${number}`,
    source: 'keeper',
    state: 'open',
    reason: null,
    peer: key(1),
    address: 'peer.example:9735',
    alias: null,
    capacity_msat: 2_000_000_000n,
    is_private: false,
    sat_per_vbyte: 1,
    outpoints: [],
    fee_limit_msat: 1n,
    fee_msat: null,
    budget_period: '2025-12',
    channel_point: null,
    epoch: 1,
    calls: 1,
    since_height: 1,
    evidence: null,
    idempotency_key: `opening-${number}`,
    request: '',
    created_at: now - 1_000_000_000 + number,
    updated_at: now,
  } as Fields<typeof channelIntents>)

const mark = (number: number) =>
  insert(peerMarks, {
    ...base,
    peer: key(number),
    state: 'blacklisted',
    reason: 'operator',
    says: 'no',
    until: null,
    failures: 0,
    is_waived: null,
    evidence: null,
    created_at: now,
    updated_at: now,
  })

async function fill(count: number, rows: (number: number) => ReturnType<typeof mark>[]) {
  for (let from = 0; from < count; from += page) {
    const numbers = Array.from({ length: Math.min(page, count - from) }, (_, step) => from + step)
    await storage.commit({ writes: numbers.flatMap(rows) })
  }
}

await storage.commit({
  writes: [
    insert(safety, {
      ...base,
      is_halted: false,
      reason: null,
      changed_at: now,
      cause: null,
      times_behind: null,
    } as Fields<typeof safety>),
  ],
})
await fill(finished, (number) => [channel(10_000 + number, 'closed', 5), opened(number)])
await fill(living, (number) => [channel(number, 'active', number + 1)])
await fill(marked, (number) => [mark(living + 1 + number)])

const list = Array.from({ length: listed }, (_, step) => ({
  publicKey: key(step + 1),
  address: 'peer.example:9735',
  rank: step + 1,
}))
const lightning = {
  contractVersion: 1,
  opener: {},
  onchain: {
    estimateFeerate: async () => 2,
    unspent: async () => [
      { outpoint: 'coin:0', amountSat: 1_000_000_000n, confirmations: 6, address: 'a' },
    ],
    requiredReserve: async () => 10_000n,
  },
}

async function look(minimumActive: number): Promise<number[]> {
  const settings = readOptions({
    lightning: lightning as never,
    storage,
    keys: { invoices: Uint8Array.from({ length: 32 }, (_, step) => step) },
    channelSources: [
      { contractVersion: 1, kind: 'peers', name: 'list', candidates: async () => list },
    ],
    channels: { minimumActive: 1000, mode: 'observe', settlePeriod: 0 },
  })
  const context = {
    lightning,
    storage,
    clock: systemClock,
    random: systemRandom,
    logger: { debug() {}, info() {}, warn: console.warn, error: console.error },
    meter: undefined,
    settings: { ...settings, channels: { ...settings.channels, minimumActive } },
    live: {
      state: 'ready',
      readySince: 0,
      comparedAt: 1,
      wakeKeeper() {},
      info: { blockHeight: 1 },
    },
  } as unknown as Context
  const { signal } = new AbortController()
  await loadPeers(context, identity.publicKey, signal)
  const lease = await storage.lease('leader', { holder: 'bench', for: 3_600_000 })
  const leadership: Leadership = {
    epoch: lease!.epoch,
    fence: { lease: 'leader', epoch: lease!.epoch },
    isFresh: () => true,
  }
  const memory = createMemory()
  const times: number[] = []
  for (let count = 0; count < looks; count++) {
    const start = performance.now()
    await tick(context, identity, leadership, memory, signal)
    times.push(performance.now() - start)
  }
  // The first ones compile the code.
  return times.slice(5)
}

const said: TickTimes = { enough: await look(living), missing: await look(living + 1) }
process.send?.(said)
await storage.close()
process.disconnect?.()
