import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { boltzHttp } from '../../src/boltz-server/index.ts'
import { createWorld, type World } from './simulated-world.ts'

const url = 'https://swaps.example/v2'

const doorOf = ({ clock, server }: World): ReturnType<typeof boltzHttp> =>
  boltzHttp({ clock, servers: { [url]: server } })

const version = {
  method: 'GET',
  url: `${url}/version`,
  timeout: 5000,
  maximumBytes: 1000,
  redirects: 0,
} as const

test('the door answers under virtual time, and says what the door of core says when it fails', async () => {
  const world = createWorld()
  const door = doorOf(world)
  expect(await door.request(version)).toMatchObject({ status: 200, body: '{"version":"3.13.0"}' })
  const failures = {
    vanished: 'broken-off',
    'cut-answer': 'broken-off',
    'huge-answer': 'too-large',
    silent: 'deadline',
    late: 'deadline',
  } as const
  for (const [fault, reason] of Object.entries(failures)) {
    world.server.faults.set(fault as keyof typeof failures)
    const before = world.clock.monotonic()
    const error = await world.clock.run(door.request(version).catch((caught: unknown) => caught))
    expect(PaymentNodeError.is(error, 'http.failed') && error.details, fault).toEqual({
      host: 'swaps.example',
      reason,
      outcome: 'unknown',
    })
    const isLate = reason === 'deadline'
    expect(world.clock.monotonic() - before, fault).toBe(isLate ? version.timeout : 0)
  }
  world.server.faults.clear()
  const elsewhere = { ...version, url: 'https://other.example/v2/version' }
  await expect(door.request(elsewhere)).rejects.toMatchObject({ details: { outcome: 'none' } })
  await world.server.close()
})

test('its WebSockets bring updates, and close from either side', async () => {
  const world = createWorld()
  const door = doorOf(world)
  const { told } = await world.create()
  const messages: string[] = []
  let closed = 0
  const open = () =>
    door.openSocket!({
      url: 'wss://swaps.example/v2/ws',
      timeout: 5000,
      maximumBytes: 1000,
      onMessage: (text) => messages.push(text),
      onClose: () => closed++,
    })
  const socket = await open()
  socket.send(JSON.stringify({ op: 'subscribe', channel: 'swap.update', args: [told.id] }))
  expect(messages.map((text) => JSON.parse(text).event)).toEqual(['subscribe', 'update'])
  socket.close()
  socket.send('{"op":"ping"}')
  expect([messages.length, closed]).toEqual([2, 1])
  await open()
  await world.server.close()
  expect(closed).toBe(2)
  world.server.faults.set('web-socket-refused')
  await expect(open()).rejects.toMatchObject({ code: 'http.failed' })
})
