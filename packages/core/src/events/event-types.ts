import type { EventType } from '../events.ts'

/** All event names, for checking what a host subscribes to; the compiler keeps it complete. */
const all: Readonly<Record<EventType, true>> = {
  'node.ready': true,
  'node.degraded': true,
  'node.recovered': true,
  'invoice.created': true,
  'invoice.settled': true,
  'invoice.expired': true,
  'invoice.canceled': true,
  'payout.sending': true,
  'payout.succeeded': true,
  'payout.failed': true,
  'payout.unknown': true,
  'channel.opening': true,
  'channel.active': true,
  'channel.inactive': true,
  'channel.closing': true,
  'channel.closed': true,
}

export const eventTypes = Object.keys(all) as readonly EventType[]
