import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventTypes } from '../../packages/core/src/events/event-types.ts'
import type { EventType } from '../../packages/core/src/events.ts'
import { isAboutPartners } from '../../packages/core/src/webhooks/partner-of.ts'

/** The rows of the table of all events: each type with whether a partner sees it. */
function readEventTable(): { readonly type: string; readonly isForPartners: boolean }[] {
  const text = readFileSync(join(import.meta.dirname, '..', 'webhooks.md'), 'utf8')
  return text
    .slice(text.indexOf('## All events'))
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, types = '', , sees = ''] = line.split('|')
      return [...types.matchAll(/`([a-z.-]+)`/g)].map(([, type]) => ({
        type: type!,
        isForPartners: sees.trim() === 'yes',
      }))
    })
}

test('the table of events has every event once, and says right who sees it', () => {
  const table = readEventTable()
  expect(table.map(({ type }) => type).sort()).toEqual([...eventTypes].sort())
  const wrong = table.filter(
    ({ type, isForPartners }) => isForPartners !== isAboutPartners(type as EventType),
  )
  expect(wrong).toEqual([])
})
