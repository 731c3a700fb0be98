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
    created_at: { type: 'time' },
    updated_at: { type: 'time' },
  },
  key: ['node', 'id'],
  index: { created: ['node', 'created_at', 'id'] },
})
