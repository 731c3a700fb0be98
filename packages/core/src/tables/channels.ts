import { table } from './table.ts'

/** What was last seen of each channel; the update counts show later whether LND came back with an old state. */
export const channels = table({
  name: 'channels',
  columns: {
    node: { type: 'text' },
    channel_point: { type: 'text' },
    network: { type: 'text' },
    state: { type: 'text' },
    peer: { type: 'text' },
    capacity_msat: { type: 'msat' },
    local_msat: { type: 'msat' },
    remote_msat: { type: 'msat' },
    /** Payments under way when these balances were seen; null: not known. */
    under_way_msat: { type: 'msat', nullable: true },
    update_count: { type: 'integer' },
    is_initiator: { type: 'boolean' },
    is_private: { type: 'boolean' },
    memo: { type: 'text', nullable: true },
    close_type: { type: 'text', nullable: true },
    closed_by: { type: 'text', nullable: true },
    first_seen_at: { type: 'time' },
    updated_at: { type: 'time' },
    /** `ours`, `observe` or `never`; null (older books): `observe`. */
    ownership: { type: 'text', nullable: true },
    /** The intent that opened it. */
    intent: { type: 'text', nullable: true },
    /** Short channel id, decimal: what forwards are told by. */
    channel_id: { type: 'text', nullable: true },
    /** Since when it is not active; null while it is. */
    inactive_since: { type: 'time', nullable: true },
    closed_at: { type: 'time', nullable: true },
    /** Who closed it, how and why we think so: see `CloseAttribution`. */
    attribution: { type: 'json', nullable: true },
    /** The operator has promised somebody not to close it before this moment. */
    no_close_before: { type: 'time', nullable: true },
  },
  key: ['node', 'channel_point'],
  index: { state: ['node', 'state', 'channel_point'] },
})
