import { table } from './table.ts'

/** What the autopilot decided and why, also when it did nothing; equal runs are one row. */
export const liquidityRuns = table({
  name: 'liquidity_runs',
  columns: {
    id: { type: 'text' },
    node: { type: 'text' },
    network: { type: 'text' },
    mode: { type: 'text' },
    /** `act`, `enough`, `wait`, `blocked`. */
    verdict: { type: 'text' },
    reason: { type: 'text' },
    urgency: { type: 'text' },
    /** Shares in ppm: at the first of the equal runs. */
    inbound_share: { type: 'integer' },
    missing_msat: { type: 'msat' },
    /** Worst case of everything that it starts. */
    worst_msat: { type: 'msat' },
    /** What it saw, the options it took and rejected, and what followed. */
    details: { type: 'json' },
    /** How often it was decided, from the first to the last time. */
    times: { type: 'integer' },
    decided_at: { type: 'time' },
    last_at: { type: 'time' },
  },
  key: ['id'],
  index: { decided: ['node', 'decided_at', 'id'] },
})

/** The autopilot's own condition. */
export const autopilots = table({
  name: 'autopilots',
  columns: {
    node: { type: 'text' },
    network: { type: 'text' },
    is_paused: { type: 'boolean' },
    paused_reason: { type: 'text', nullable: true },
    /** What blocked the last run; its event is sent when it changes. */
    blocked_reason: { type: 'text', nullable: true },
    /** Inbound was found too low, and is not restored yet. */
    is_recovering: { type: 'boolean' },
    /** Rises with each action: a second process that decided the same is refused. */
    actions: { type: 'integer' },
    updated_at: { type: 'time' },
  },
  key: ['node'],
})

/** Channels that were down at the outbound share once: they are not new any more. */
export const drainedChannels = table({
  name: 'drained_channels',
  columns: {
    node: { type: 'text' },
    channel_point: { type: 'text' },
    network: { type: 'text' },
    drained_at: { type: 'time' },
  },
  key: ['node', 'channel_point'],
})
