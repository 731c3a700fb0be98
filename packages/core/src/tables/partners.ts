import { table } from './table.ts'

export const partners = table({
  name: 'partners',
  columns: {
    node: { type: 'text' },
    id: { type: 'text' },
    network: { type: 'text' },
    name: { type: 'text', nullable: true },
    metadata: { type: 'json' },
    /** Seconds. */
    default_expiry: { type: 'integer', nullable: true },
    maximum_expiry: { type: 'integer', nullable: true },
    /** Balances above the minimum are paid out by themselves. */
    has_automatic_payouts: { type: 'boolean', nullable: true },
    minimum_payout_msat: { type: 'msat', nullable: true },
    /** `partner` (also when null) or `operator`: who bears what a payout costs. */
    fees_paid_by: { type: 'text', nullable: true },
    /** What the operator keeps of each settled invoice. */
    fee_ppm: { type: 'integer', nullable: true },
    fee_fixed_msat: { type: 'msat', nullable: true },
    cap_per_payout_msat: { type: 'msat', nullable: true },
    cap_per_day_msat: { type: 'msat', nullable: true },
    /** Seconds that received money is held before it can be paid out. */
    available_after: { type: 'integer', nullable: true },
    created_at: { type: 'time' },
    updated_at: { type: 'time' },
  },
  key: ['node', 'id'],
  index: { created: ['node', 'created_at', 'id'] },
})

/** Where a partner is paid, and where it was: a row per change, the newest one that is in effect counts. */
export const partnerDestinations = table({
  name: 'partner_destinations',
  columns: {
    node: { type: 'text' },
    network: { type: 'text' },
    partner: { type: 'text' },
    /** `offchain` or `onchain`. */
    kind: { type: 'text' },
    /** 1, 2, 3, … per partner and kind: two changes at once cannot both be the next one. */
    version: { type: 'integer' },
    /** Null: from then on there is none. */
    destination: { type: 'text', nullable: true },
    requested_at: { type: 'time' },
    effective_at: { type: 'time' },
    /** A later change took its place before it was in effect. */
    replaced_at: { type: 'time', nullable: true },
  },
  key: ['node', 'partner', 'kind', 'version'],
})

/** An amount for each partner and UTC day. */
const perPartnerAndDay = {
  columns: {
    node: { type: 'text' },
    partner: { type: 'text' },
    day: { type: 'text' },
    network: { type: 'text' },
    amount_msat: { type: 'msat' },
  },
  key: ['node', 'partner', 'day'],
} as const

/** What left per partner and UTC day, for the partner's own cap. */
export const partnerDays = table({
  name: 'partner_days',
  ...perPartnerAndDay,
})

/** Fees that the operator pays per partner and UTC day: the worst case while a payout is under way, then the real one. */
export const operatorFeeDays = table({
  name: 'operator_fee_days',
  ...perPartnerAndDay,
})
