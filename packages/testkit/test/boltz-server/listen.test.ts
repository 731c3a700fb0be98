import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { BoltzAddress, BoltzFault } from '../../src/boltz-server/index.ts'
import { createWorld, type World } from './simulated-world.ts'
import { ask, createSwap } from './small-client.ts'

async function listening(
  ...faults: BoltzFault[]
): Promise<{ world: World; address: BoltzAddress; get(path: string): Promise<Response> }> {
  const world = createWorld(faults)
  const address = await world.server.listen()
  return { world, address, get: (path) => fetch(`${address.url}${path}`) }
}

test('it serves the API over HTTP on the loopback interface', async () => {
  const { world, address, get } = await listening()
  expect(address.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v2$/)
  const version = await get('/version')
  expect(version.headers.get('content-type')).toBe('application/json')
  expect(await version.json()).toEqual({ version: '3.13.0' })
  const { told } = await createSwap(async ({ method, path, body }) => {
    const response = await fetch(`http://${address.host}${path}`, {
      method,
      ...(body !== undefined && { body }),
    })
    return { kind: 'answer', status: response.status, headers: {}, body: await response.text() }
  }, 100_000)
  expect(await (await get(`/swap/${told.id}`)).json()).toEqual({ status: 'swap.created' })
  expect((await get('/nothing')).status).toBe(404)
  await world.server.close()
  await expect(get('/version')).rejects.toThrow()
})

test('faults of the connection are seen on the socket', async () => {
  const rejected: BoltzFault[] = ['vanished', 'cut-answer']
  for (const fault of rejected) {
    const { world, get } = await listening(fault)
    const body = get('/version').then((response) => response.text())
    await expect(body, fault).rejects.toThrow()
    await world.server.close()
  }
  const { world, address } = await listening('redirected')
  const response = await fetch(`${address.url}/version`, { redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([
    302,
    'http://192.0.2.1/v2/swap/reverse',
  ])
  await world.server.close()
})

test('who asks a silent server waits until he gives up or it ends', async () => {
  const { world, get } = await listening('silent')
  const answer = get('/version').catch(() => 'gone')
  await expect.poll(() => world.server.faults.struck).toEqual(['silent'])
  await world.server.close()
  expect(await answer).toBe('gone')
})

test('updates come over a WebSocket: the state of now, then each change; and pings', async () => {
  const { world, address } = await listening()
  const { told } = await world.create()
  const socket = new WebSocket(address.webSocketUrl)
  const messages: { event: string; args?: unknown }[] = []
  socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(data)))
  await once(socket, 'open')
  socket.send(JSON.stringify({ op: 'subscribe', channel: 'swap.update', args: [told.id] }))
  socket.send(JSON.stringify({ op: 'ping' }))
  await expect.poll(() => messages.length).toBe(3)
  void world.client.pay(told.invoice)
  await world.settle()
  await expect.poll(() => messages.length).toBe(4)
  const { hex, transactionId: id } = world.server.swaps()[0]!.lockup!
  expect(messages.map(({ event, args }) => [event, args])).toEqual([
    ['subscribe', [told.id]],
    ['update', [{ id: told.id, status: 'swap.created' }]],
    ['pong', undefined],
    ['update', [{ id: told.id, status: 'transaction.mempool', transaction: { id, hex } }]],
  ])
  const closed = once(socket, 'close')
  await world.server.close()
  await closed
})

test('a server that takes no WebSockets closes the connection', async () => {
  const { world, address } = await listening('web-socket-refused')
  const socket = new WebSocket(address.webSocketUrl)
  await once(socket, 'error')
  expect(await ask(world.ask, 'GET', '/version')).toEqual({ version: '3.13.0' })
  await world.server.close()
})
