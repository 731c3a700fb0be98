import { expect, test } from 'vitest'
import { type ApiStand, openApi } from './api-stand.ts'

const asOperator =
  ({ call, texts }: ApiStand) =>
  (path: string, body?: object, idempotencyKey?: string) =>
    call({
      method: body === undefined ? 'GET' : 'POST',
      path,
      key: texts.operator,
      body,
      headers: idempotencyKey ? { 'idempotency-key': idempotencyKey } : {},
    })

test('a channel is opened, looked at, adopted and closed over HTTP', async () => {
  await using stand = await openApi()
  const { sandbox } = stand
  const ask = asOperator(stand)
  const peer = sandbox.network.addNode('peer')
  const wanted = { peer: peer.publicKey, address: peer.address, capacity: '100000 sat' }
  const opening = await ask('/v1/channels/openings', wanted, 'first')
  expect(opening).toMatchObject({ status: 202, body: { state: 'intended', source: 'operator' } })
  // The same key opens it once.
  const again = await ask('/v1/channels/openings', wanted, 'first')
  expect(again.body.id).toBe(opening.body.id)
  await sandbox.advance(10_000)
  sandbox.mine(6)
  await sandbox.advance(10_000)
  const opened = await ask(`/v1/channels/openings/${opening.body.id}`)
  expect(opened.body).toMatchObject({ state: 'open', capacity: '100000 sat' })
  const { body: openings } = await ask('/v1/channels/openings?state=open')
  expect(openings.items.map(({ id }: { id: string }) => id)).toEqual([opening.body.id])
  const { channelPoint } = opened.body
  const { body: channels } = await ask('/v1/channels')
  expect(channels.items).toContainEqual(expect.objectContaining({ channelPoint, state: 'active' }))
  const { body: fees } = await ask('/v1/routing/fees')
  const points = fees.items.map((one: { channelPoint: string }) => one.channelPoint)
  expect(points).toContain(channelPoint)

  const adopted = await ask(`/v1/channels/${channelPoint}/adopt`, { ownership: 'observe' })
  expect(adopted).toMatchObject({ status: 200, body: { ownership: 'observe' } })
  const noCloseBefore = 1_900_000_000_000
  const promised = { ownership: 'ours', noCloseBefore }
  expect(await ask(`/v1/channels/${channelPoint}/adopt`, promised)).toMatchObject({
    status: 200,
    body: promised,
  })
  const closing = await ask(`/v1/channels/${channelPoint}/close`, { reason: 'a drill' })
  expect(closing).toMatchObject({ status: 202, body: { channelPoint, says: 'a drill' } })
  await sandbox.advance(10_000)
  sandbox.mine(6)
  await sandbox.advance(60_000)
  const { body: closed } = await ask('/v1/channels/closings?state=closed')
  expect(closed.items).toMatchObject([{ channelPoint, isForce: false }])
  expect((await ask('/v1/channels/closings?state=refused')).body.items).toEqual([])
  expect((await ask('/v1/channels/closings')).body.items).toHaveLength(1)
})

test('the keeper is paused and a peer blocked over HTTP, each with its reason, and let again', async () => {
  await using stand = await openApi()
  const ask = asOperator(stand)
  const paused = await ask('/v1/keeper/pause', { reason: 'fees are odd' })
  expect(paused).toMatchObject({ status: 200, body: { isPaused: true, reason: 'fees are odd' } })
  expect((await ask('/v1/keeper')).body).toMatchObject({
    isPaused: true,
    pausedReason: 'fees are odd',
    minimum: 5,
  })
  expect((await ask('/v1/keeper/resume', { reason: 'fine' })).body).toMatchObject({
    isPaused: false,
  })
  expect(await ask('/v1/keeper/resume', { reason: 'fine' })).toMatchObject({
    status: 409,
    body: { code: 'keeper.not-paused' },
  })
  expect((await ask('/v1/keeper/decisions?limit=1')).body).toEqual({ items: [] })

  const { publicKey } = stand.sandbox.network.addNode('peer')
  const blocked = await ask(`/v1/peers/${publicKey}/block`, { reason: 'loses payments' })
  expect(blocked).toMatchObject({ status: 200, body: { publicKey, state: 'blacklisted' } })
  expect((await ask('/v1/peers')).body.items).toMatchObject([{ says: 'loses payments' }])
  expect(await ask(`/v1/peers/${publicKey}/allow`, { reason: 'sorry' })).toMatchObject({
    body: { state: 'blacklisted' },
  })
  expect((await ask('/v1/peers')).body.items).toEqual([])
  expect(await ask(`/v1/peers/${publicKey}/allow`, { reason: 'sorry' })).toMatchObject({
    status: 404,
    body: { code: 'peer.not-marked' },
  })
})

test('bad input of an operator is a typed refusal, too', async () => {
  await using stand = await openApi()
  const ask = asOperator(stand)
  const point = `${'0'.repeat(64)}:0`
  const rows: Record<string, [Promise<{ status: number; body: unknown }>, number, object]> = {
    'no such channel': [
      ask(`/v1/channels/${point}/close`, { reason: 'x' }),
      404,
      { code: 'channel.not-found' },
    ],
    'no channel point': [
      ask('/v1/channels/nonsense/close', { reason: 'x' }),
      400,
      { details: { field: 'channelPoint', reason: 'malformed' } },
    ],
    'a misspelt force': [
      ask(`/v1/channels/${point}/close`, { reason: 'x', forced: true }),
      400,
      { details: { field: 'forced', reason: 'unknown-option' } },
    ],
    'an opening without a key': [
      ask('/v1/channels/openings', { peer: 'x', address: 'x:1', capacity: '20000 sat' }),
      400,
      { details: { field: 'idempotency-key', reason: 'missing' } },
    ],
    'a cursor that is none': [
      ask('/v1/channels/closings?cursor=e30'),
      400,
      { details: { field: 'cursor', reason: 'malformed' } },
    ],
    'a state that is none': [
      ask('/v1/channels/closings?state=lost'),
      400,
      { details: { field: 'state', reason: 'unknown-value' } },
    ],
    'no peer': [
      ask('/v1/peers/x/block', { reason: 'x' }),
      400,
      { details: { field: 'publicKey' } },
    ],
    'a period without an end': [
      ask('/v1/routing/income?from=2026-11-01'),
      400,
      { details: { field: 'to', reason: 'missing' } },
    ],
    'a day that is none': [
      ask('/v1/routing/income?from=2026-02-30&to=2026-03-01'),
      400,
      { details: { field: 'from' } },
    ],
  }
  for (const [name, [answer, status, body]] of Object.entries(rows)) {
    expect(await answer, name).toMatchObject({ status, body })
  }
})
