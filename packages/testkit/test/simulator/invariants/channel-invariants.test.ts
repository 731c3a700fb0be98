import { expect, test } from 'vitest'
import { change, put, type Stage, stageFor } from './stage.ts'

const intent = (id: string, more: object = {}) =>
  put('channel_intents', {
    id,
    state: 'intended',
    reason: null,
    peer: 'peer',
    capacity_msat: 20_000_000n,
    sat_per_vbyte: 2,
    is_private: false,
    outpoints: ['coin:0'],
    fee_limit_msat: 100n,
    fee_msat: null,
    budget_period: '2026-01',
    channel_point: null,
    calls: 0,
    ...more,
  })
const claim = (id: string) => put('claimed_outpoints', { outpoint: 'coin:0', intent: id })
const set = (id: string, state: string, more: object = {}) =>
  change('channel_intents', [id], { state, ...more })

test('openings-go-forward', () => {
  const states = ['intended', 'opening', 'pending', 'open', 'failed', 'abandoned']
  const legal = [
    'intended opening',
    'intended failed',
    'opening pending',
    'opening open',
    'opening failed',
    'pending open',
    'pending failed',
    'pending abandoned',
    'failed pending',
    'failed open',
  ]
  for (const from of states) {
    for (const to of states.filter((state) => state !== from)) {
      const stage = stageFor('openings-go-forward')
      stage.commit([intent('o1', { state: from })])
      const said = stage.commit([set('o1', to)])
      expect({ from, to, isRefused: said !== undefined }).toEqual({
        from,
        to,
        isRefused: !legal.includes(`${from} ${to}`),
      })
    }
  }
})

const call = (stage: Stage, more: object = {}) =>
  stage.step('lightning.opener.open/before', {
    peer: 'peer',
    capacitySat: 20_000n,
    satPerVbyte: 2,
    isPrivate: false,
    outpoints: ['coin:0'],
    memo: 'payment-node/o1',
    ...more,
  })

test('opened-as-intended', () => {
  const open = (state: string): Stage => {
    const stage = stageFor('opened-as-intended')
    stage.commit([intent('o1', { state }), claim('o1')])
    return stage
  }
  expect(call(open('opening'))).toBeUndefined()
  expect(call(stageFor('opened-as-intended'))).toContain('which no intent is')
  expect(call(open('intended'))).toContain('before that was stored')
  for (const wrong of [
    { peer: 'other' },
    { capacitySat: 20_001n },
    { satPerVbyte: 3 },
    { outpoints: ['coin:1'] },
    { isPrivate: true },
  ]) {
    expect(call(open('opening'), wrong)).toContain('asked was')
  }
  const unclaimed = stageFor('opened-as-intended')
  unclaimed.commit([intent('o1', { state: 'opening' })])
  expect(call(unclaimed)).toContain('not claimed for o1')
})

test('one-channel-per-intent', () => {
  const channel = (channelPoint: string, memo = 'payment-node/o1') => ({
    channelPoint,
    list: 'open' as const,
    isOurs: true,
    memo,
  })
  const stage = stageFor('one-channel-per-intent')
  stage.commit([intent('o1', { state: 'open' })])
  stage.channels = [channel('a:0'), { ...channel('b:0'), memo: undefined }]
  expect(stage.end()).toBeUndefined()
  stage.channels = [channel('a:0'), channel('b:0')]
  expect(stage.end()).toContain('has the channels a:0 and b:0')
  stage.channels = [channel('a:0', 'payment-node/o2')]
  expect(stage.end()).toContain('which no intent is')
  stage.channels = [channel('a:0')]
  stage.commit([set('o1', 'failed')])
  expect(stage.end()).toContain('LND has a:0 for it')
})

test('open-budget-holds', () => {
  const stage = stageFor('open-budget-holds')
  expect(stage.commit([intent('o1'), intent('o2'), intent('o3')])).toBeUndefined()
  expect(stage.commit([intent('o4', { fee_limit_msat: 1n })])).toContain('2026-01 costs 301')
  expect(stage.commit([set('o3', 'failed')])).toBeUndefined()
})

test('no-close-unasked', () => {
  const close = (stage: Stage, isForce: boolean) =>
    stage.step('lightning.opener.close/before', { channelPoint: 'a:0', isForce })
  const stage = stageFor('no-close-unasked')
  expect(close(stage, false)).toContain('nobody asked')
  stage.commit([put('close_intents', { channel_point: 'a:0', is_force: false })])
  expect(close(stage, false)).toBeUndefined()
  expect(close(stage, true)).toContain('by force unasked')
})

test('halted-means-no-open', () => {
  const marked = (isHalted: boolean) => {
    const stage = stageFor('halted-means-no-open')
    stage.commit([intent('o1'), put('safety', { is_halted: isHalted })])
    return stage.commit([set('o1', 'opening', { calls: 1 })])
  }
  expect(marked(false)).toBeUndefined()
  expect(marked(true)).toContain('asked for while halted')
})

test('openings-end', () => {
  const stage = stageFor('openings-end')
  stage.commit([intent('o1', { state: 'opening', channel_point: 'a:0' })])
  expect(stage.end()).toContain('still opening')
  stage.commit([set('o1', 'pending')])
  expect(stage.end()).toBeUndefined()
  stage.channels = [{ channelPoint: 'a:0', list: 'open', isOurs: true, memo: undefined }]
  expect(stage.end()).toContain('LND has its channel open')
})

test('blacklisted-for-cause', () => {
  const mark = (reason: string) => put('peer_marks', { peer: 'p', state: 'blacklisted', reason })
  const closed = put('channels', { channel_point: 'a:0', peer: 'p', closed_by: 'peer' })
  expect(stageFor('blacklisted-for-cause').commit([mark('operator')])).toBeUndefined()
  expect(stageFor('blacklisted-for-cause').commit([mark('unprovoked')])).toContain('blacklisted')
  expect(stageFor('blacklisted-for-cause').commit([closed, mark('unprovoked')])).toBeUndefined()
  const asked = stageFor('blacklisted-for-cause')
  asked.step('lightning.opener.close/before', { channelPoint: 'a:0', isForce: false })
  expect(asked.commit([closed, mark('unprovoked')])).toContain('blacklisted')
})
