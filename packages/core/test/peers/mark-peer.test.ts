import { expect, test } from 'vitest'
import type { Context } from '../../src/context.ts'
import { coolDown, forgetFailures, markPeer, type NewMark } from '../../src/peers/mark-peer.ts'
import type { peerMarks } from '../../src/tables/keeper.ts'
import type { RowOf } from '../../src/tables/table.ts'

const hour = 3_600_000
const now = 1_767_225_600_000
const context = {
  clock: { now: () => now },
  random: { bytes: (length: number) => new Uint8Array(length) },
  settings: { channels: { coolDown: hour } },
} as unknown as Context
const identity = { publicKey: `02${'1'.repeat(64)}`, network: 'regtest' } as const
const peer = `03${'2'.repeat(64)}`

const row = (state: NewMark['state'], failures = 0): RowOf<typeof peerMarks> => ({
  node: identity.publicKey,
  network: 'regtest',
  peer,
  state,
  reason: 'before',
  says: 'before',
  until: state === 'cooling-down' ? now - 1 : null,
  is_waived: state === 'closed-by-operator' || null,
  failures,
  evidence: null,
  created_at: now - 9 * hour,
  updated_at: now - 9 * hour,
  revision: 4,
})
const mark = (state: NewMark['state'], says = 'words'): NewMark => ({
  state,
  reason: 'because',
  says,
  evidence: { height: 7 },
})

test('which mark replaces which', () => {
  const states = ['blacklisted', 'cooling-down', 'closed-by-operator'] as const
  const kept: Record<string, string> = {}
  for (const before of [undefined, ...states]) {
    for (const after of states) {
      const known = before === undefined ? undefined : row(before, 2)
      const { writes, events } = markPeer(context, identity, known, peer, mark(after))
      const write = writes[0] as { op: string; set?: { state?: string }; row?: { state: string } }
      const state = (write?.set ?? write?.row)?.state ?? before
      const told = events.map(({ type }) => type).join()
      kept[`${before ?? 'none'} + ${after}`] = `${write?.op ?? 'nothing'} ${state} ${told}`.trim()
    }
  }
  expect(kept).toEqual({
    'none + blacklisted': 'insert blacklisted peer.blacklisted',
    'none + cooling-down': 'insert cooling-down peer.cooled-down',
    'none + closed-by-operator': 'insert closed-by-operator',
    'blacklisted + blacklisted': 'nothing blacklisted',
    'blacklisted + cooling-down': 'nothing blacklisted',
    'blacklisted + closed-by-operator': 'update blacklisted',
    'cooling-down + blacklisted': 'update blacklisted peer.blacklisted',
    'cooling-down + cooling-down': 'update cooling-down peer.cooled-down',
    'cooling-down + closed-by-operator': 'update closed-by-operator',
    'closed-by-operator + blacklisted': 'update blacklisted peer.blacklisted',
    'closed-by-operator + cooling-down': 'nothing closed-by-operator',
    'closed-by-operator + closed-by-operator': 'nothing closed-by-operator',
  })
})

test('what the operator closed is not replaced, whatever else is known of the peer', () => {
  const waived: Record<string, boolean | null> = {}
  for (const before of ['none', 'blacklisted', 'cooling-down', 'closed-by-operator'] as const) {
    for (const after of ['blacklisted', 'cooling-down', 'closed-by-operator'] as const) {
      const known = before === 'none' ? undefined : row(before)
      const [write] = markPeer(context, identity, known, peer, mark(after)).writes
      const fields = { ...known, ...(write?.op === 'insert' ? write.row : undefined) }
      const set = write?.op === 'update' ? write.set : {}
      waived[`${before} + ${after}`] = ({ ...fields, ...set } as { is_waived: boolean }).is_waived
    }
  }
  expect(waived).toEqual({
    'none + blacklisted': null,
    'none + cooling-down': null,
    'none + closed-by-operator': true,
    'blacklisted + blacklisted': null,
    'blacklisted + cooling-down': null,
    'blacklisted + closed-by-operator': true,
    'cooling-down + blacklisted': null,
    'cooling-down + cooling-down': null,
    'cooling-down + closed-by-operator': true,
    'closed-by-operator + blacklisted': true,
    'closed-by-operator + cooling-down': true,
    'closed-by-operator + closed-by-operator': true,
  })
  const twice = markPeer(context, identity, { ...row('blacklisted'), is_waived: true }, peer, {
    ...mark('closed-by-operator'),
  })
  expect(twice).toEqual({ writes: [], events: [] })
})

test('each failure in a row is left alone four times longer, up to a month; a promise kept forgets them', () => {
  const first = markPeer(context, identity, undefined, peer, mark('cooling-down'))
  expect(first.writes[0]).toMatchObject({ row: { failures: 1, until: now + hour } })
  const known = row('cooling-down', 2)
  const third = markPeer(context, identity, known, peer, mark('cooling-down'))
  expect(third.writes[0]).toMatchObject({ set: { failures: 3, until: now + 16 * hour } })
  const times = [1, 2, 3, 4, 5, 6, 100, 1e9].map((failures) => coolDown(hour, failures) / hour)
  expect(times).toEqual([1, 4, 16, 64, 256, 720, 720, 720])
  // For good has no end.
  expect(markPeer(context, identity, known, peer, mark('blacklisted')).writes[0]).toMatchObject({
    set: { until: null, failures: 2 },
  })
  expect(forgetFailures(known)).toMatchObject([{ op: 'delete', revision: 4 }])
  expect(forgetFailures(row('blacklisted'))).toEqual([])
  expect(forgetFailures(row('closed-by-operator'))).toEqual([])
  expect(forgetFailures(undefined)).toEqual([])
})

test('a peer’s words are kept as text that every storage takes', () => {
  const words = `bad\0\u0007\r\n \ud800 ${'😀'.repeat(400)}`
  const { writes } = markPeer(context, identity, undefined, peer, mark('cooling-down', words))
  const { says } = (writes[0] as unknown as { row: { says: string } }).row
  expect(says.startsWith('bad  \ufffd 😀')).toBe(true)
  expect(says.isWellFormed()).toBe(true)
  expect(says.length).toBeLessThanOrEqual(500)
  expect(says).not.toMatch(/\p{Cc}/u)
})
