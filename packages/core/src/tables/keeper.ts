import { table } from './table.ts'

/** Peers that no channel is opened to: for good (`blacklisted`) or for a while (`cooling-down`). */
export const peerMarks = table({
  name: 'peer_marks',
  columns: {
    node: { type: 'text' },
    peer: { type: 'text' },
    network: { type: 'text' },
    state: { type: 'text' },
    /** Machine-readable: `unprovoked`, `breach`, `peer-unreachable`, `too-small`, `operator`, … */
    reason: { type: 'text' },
    /** For people: LND's words, or the operator's. */
    says: { type: 'text' },
    /** Milliseconds since 1970; null: for good. */
    until: { type: 'time', nullable: true },
    /** Failures in a row: each makes the next cool-down longer. */
    failures: { type: 'integer' },
    /** The operator closed a channel with it and wants nothing in its place, whatever the state; null: no. */
    is_waived: { type: 'boolean', nullable: true },
    /** What was seen: the close, the connection, the heights. */
    evidence: { type: 'json', nullable: true },
    created_at: { type: 'time' },
    updated_at: { type: 'time' },
  },
  key: ['node', 'peer'],
  index: { state: ['node', 'state', 'peer'] },
})

/** The keeper's own condition. */
export const keepers = table({
  name: 'keepers',
  columns: {
    node: { type: 'text' },
    network: { type: 'text' },
    is_paused: { type: 'boolean' },
    paused_reason: { type: 'text', nullable: true },
    /** What blocked the last decision; its event is sent when it changes. */
    blocked_reason: { type: 'text', nullable: true },
    /** Since when fewer than the minimum are active. */
    below_since: { type: 'time', nullable: true },
    /** Milliseconds since 1970 of the closes of the last day that nobody asked for. */
    recent_closes: { type: 'json' },
    /** Last alarm about many closes at once. */
    mass_close_at: { type: 'time', nullable: true },
    /** Given out for paying in, until something has arrived there: a wallet's addresses are limited. */
    deposit_address: { type: 'text', nullable: true },
    updated_at: { type: 'time' },
  },
  key: ['node'],
})

/** What was decided and why; a row when the decision changes, not one per look. */
export const decisions = table({
  name: 'decisions',
  columns: {
    id: { type: 'text' },
    node: { type: 'text' },
    network: { type: 'text' },
    /** Who decides: `keeper`. */
    lever: { type: 'text' },
    mode: { type: 'text' },
    /** `open`, `wait`, `blocked`, `enough`. */
    verdict: { type: 'text' },
    reason: { type: 'text' },
    peer: { type: 'text', nullable: true },
    capacity_msat: { type: 'msat' },
    /** Worst-case cost of what it would do. */
    cost_msat: { type: 'msat' },
    /** Inputs and rejected alternatives. */
    details: { type: 'json' },
    /** The intent that followed. */
    intent: { type: 'text', nullable: true },
    decided_at: { type: 'time' },
  },
  key: ['id'],
  index: { decided: ['node', 'lever', 'decided_at', 'id'] },
})
