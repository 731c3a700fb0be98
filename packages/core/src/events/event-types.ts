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
  'channel.intended': true,
  'channel.open-failed': true,
  'channel.stuck': true,
  'channel.abandoned': true,
  'channel.opening': true,
  'channel.active': true,
  'channel.inactive': true,
  'channel.closing': true,
  'channel.closed': true,
  'channel.adopted': true,
  'peer.blacklisted': true,
  'peer.cooled-down': true,
  'peer.allowed': true,
  'keeper.paused': true,
  'keeper.resumed': true,
  'keeper.blocked': true,
  'keeper.below-minimum': true,
  'keeper.restored': true,
  'keeper.mass-close': true,
  'keeper.recommended': true,
}

export const eventTypes = Object.keys(all) as readonly EventType[]
