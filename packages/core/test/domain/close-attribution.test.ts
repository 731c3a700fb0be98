import { expect, test } from 'vitest'
import {
  attributeClose,
  type CloseAttribution,
  type CloseFacts,
  isUnwanted,
} from '../../src/domain/close-attribution.ts'

const settlePeriod = 900_000
const byPeer: CloseFacts = {
  closeType: 'cooperative',
  closedBy: 'peer',
  request: undefined,
  onlineFor: settlePeriod,
  settlePeriod,
}
const remoteForce: CloseFacts = { ...byPeer, closeType: 'remote-force' }
const localForce: CloseFacts = { ...byPeer, closeType: 'local-force', closedBy: 'us' }
const leave = { replace: false }
const replace = { replace: true }

type Row = [string, CloseFacts, CloseAttribution['cause'], CloseAttribution['verdict'], boolean]

const table: readonly Row[] = [
  ['cooperative by the peer', byPeer, 'unprovoked', 'blacklist', true],
  ['remote force', remoteForce, 'unprovoked', 'blacklist', true],
  // LND sets it, but what it says of a force close by the other side does not matter.
  [
    'remote force, initiator unknown',
    { ...remoteForce, closedBy: 'unknown' },
    'unprovoked',
    'blacklist',
    true,
  ],
  ['just back', { ...byPeer, onlineFor: settlePeriod - 1 }, 'while-away', 'cool-down', true],
  ['away', { ...byPeer, onlineFor: 0 }, 'while-away', 'cool-down', true],
  ['remote force, just back', { ...remoteForce, onlineFor: 1 }, 'while-away', 'cool-down', true],
  [
    'no settle period',
    { ...byPeer, onlineFor: 0, settlePeriod: 0 },
    'unprovoked',
    'blacklist',
    true,
  ],
  ['cooperative by us', { ...byPeer, closedBy: 'us' }, 'requested-elsewhere', 'waive', false],
  [
    'cooperative by us, just back',
    { ...byPeer, closedBy: 'us', onlineFor: 0 },
    'requested-elsewhere',
    'waive',
    false,
  ],
  ['cooperative by both', { ...byPeer, closedBy: 'both' }, 'requested-elsewhere', 'none', false],
  [
    'cooperative by nobody knows whom',
    { ...byPeer, closedBy: 'unknown' },
    'unknown',
    'none',
    false,
  ],
  // Nobody asked: LND does that when the peer breaks the protocol, loses data or lets a payment expire.
  ['local force', localForce, 'peer-fault', 'cool-down', true],
  ['local force, just back', { ...localForce, onlineFor: 0 }, 'peer-fault', 'cool-down', true],
  ['local force on request', { ...localForce, request: leave }, 'requested', 'waive', false],
  [
    'local force on request, replaced',
    { ...localForce, request: replace },
    'requested',
    'none',
    false,
  ],
  [
    'cooperative on request',
    { ...byPeer, closedBy: 'us', request: leave },
    'requested',
    'waive',
    false,
  ],
  [
    'on request, by both',
    { ...byPeer, closedBy: 'both', request: leave },
    'requested',
    'waive',
    false,
  ],
  [
    'on request, initiator unknown',
    { ...byPeer, closedBy: 'unknown', request: leave },
    'requested',
    'waive',
    false,
  ],
  // We wanted it closed, and the peer did it.
  ['on request, by the peer', { ...byPeer, request: leave }, 'requested', 'waive', false],
  [
    'on request, by the peer s force',
    { ...remoteForce, request: replace },
    'requested',
    'none',
    false,
  ],
  ['breach', { ...byPeer, closeType: 'breach' }, 'breach', 'blacklist', true],
  // A request of ours is no excuse for an attempt to steal, nor is our absence.
  [
    'breach on request',
    { ...byPeer, closeType: 'breach', request: leave },
    'breach',
    'blacklist',
    true,
  ],
  [
    'breach while away',
    { ...byPeer, closeType: 'breach', onlineFor: 0 },
    'breach',
    'blacklist',
    true,
  ],
  [
    'never funded',
    { ...byPeer, closeType: 'funding-canceled', closedBy: 'unknown' },
    'never-funded',
    'cool-down',
    false,
  ],
  [
    'never funded, though asked to close',
    { ...byPeer, closeType: 'funding-canceled', request: leave },
    'never-funded',
    'cool-down',
    false,
  ],
  [
    'abandoned',
    { ...byPeer, closeType: 'abandoned', closedBy: 'unknown' },
    'never-funded',
    'none',
    false,
  ],
]

test('who closed, how, were we there, did we ask: each case has its verdict', () => {
  for (const [name, facts, cause, verdict, unwanted] of table) {
    const attribution = attributeClose(facts)
    const { closeType, closedBy, onlineFor } = facts
    expect(attribution, name).toEqual({ cause, verdict, closeType, closedBy, onlineFor })
    expect(isUnwanted(attribution), name).toBe(unwanted)
  }
})

test('nobody is blacklisted whose close we asked for, or who is not known to have closed', () => {
  for (const closeType of ['cooperative', 'local-force', 'remote-force'] as const)
    for (const closedBy of ['us', 'peer', 'both', 'unknown'] as const)
      for (const request of [undefined, leave, replace]) {
        const { verdict } = attributeClose({ ...byPeer, closeType, closedBy, request })
        const isPeers =
          closeType === 'remote-force' || (closeType === 'cooperative' && closedBy === 'peer')
        expect(verdict === 'blacklist', `${closeType} ${closedBy}`).toBe(isPeers && !request)
      }
})
