import { expect, test } from 'vitest'
import { eventTypes } from '../../src/events/event-types.ts'
import { isAboutPartners, partnerOf, partnerOfEvent } from '../../src/webhooks/partner-of.ts'

const event = (type: string, data: object) => ({ type, body: JSON.stringify({ type, data }) })

test('each event is about its partner, or the operator alone is told', () => {
  const rows: readonly (readonly [type: string, data: object, partner: string | null])[] = [
    ['invoice.settled', { invoice: { partner: 'm1' } }, 'm1'],
    ['payout.failed', { payout: { partner: 'm2' } }, 'm2'],
    ['partner.destination-changed', { change: { partner: 'm3' } }, 'm3'],
    // The operator's own.
    ['payout.succeeded', { payout: { partner: '' } }, null],
    ['channel.closed', { channel: { partner: 'm1' } }, null],
    ['webhook.disabled', { endpoint: { partner: 'm1' } }, null],
    ['transaction.final', { transaction: { partner: 'm1' } }, null],
    // Of a later release.
    ['swap.started', { swap: { partner: 'm1' } }, null],
    ['invoice.split', { invoices: [{ partner: 'm1' }] }, null],
    ['constructor.name', { partner: 'm1' }, null],
  ]
  const wrong = rows
    .map(([type, data, wanted]) => {
      const stored = partnerOf(event(type, data))
      return [type, stored, partnerOfEvent({ type, data } as never), wanted] as const
    })
    .filter(([, stored, read, wanted]) => stored !== wanted || read !== wanted)
  expect(wrong).toEqual([])
})

test('only invoices, payouts and partners are ever told to a partner', () => {
  const told = eventTypes.filter(isAboutPartners).map((type) => type.split('.')[0])
  expect([...new Set(told)].toSorted()).toEqual(['invoice', 'partner', 'payout'])
})
