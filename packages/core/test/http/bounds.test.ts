import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openClient, openSecureWeb, openWeb, publicAddress } from './web.ts'

const home = (port: number, path = '/'): string => `http://127.0.0.1:${port}${path}`
const client = (): ReturnType<typeof openClient> =>
  openClient([{ host: '127.0.0.1', insecure: true }])

test('N3: redirects are followed on the same host alone, and each is judged again', async () => {
  const { port, requests } = await openWeb((request, response) => {
    const targets: Record<string, string> = {
      '/once': '/end',
      '/round': '/round',
      '/loopback': 'http://127.0.0.1:1/',
      '/elsewhere': 'https://shop.example/',
      '/metadata': 'http://169.254.169.254/latest/meta-data/',
      '/scheme': `https://127.0.0.1:${request.socket.localPort}/`,
      '/user': `http://user@127.0.0.1:${request.socket.localPort}/end`,
      '/file': 'file:///etc/passwd',
      '/broken': 'http://',
      '/2': '/1',
      '/1': '/0',
    }
    const location = targets[request.url ?? '']
    if (location === undefined) return void response.end('end')
    response.writeHead(302, { location }).end()
  })
  const { get, outcome } = client()
  const ask = (path: string, redirects: number, method: 'GET' | 'POST' = 'GET'): Promise<string> =>
    outcome(home(port, path), { redirects, method })
  expect(await ask('/once', 0)).toBe('accepted 302')
  expect((await get(home(port, '/once'), { redirects: 1 })).body).toBe('end')
  expect(await ask('/2', 2)).toBe('accepted 200')
  expect(await ask('/2', 1)).toBe('http.failed too-many-redirects unknown')
  expect(await ask('/once', 3, 'POST')).toBe('accepted 302')
  requests.length = 0
  expect(await ask('/round', 3)).toBe('http.failed too-many-redirects unknown')
  expect(requests).toHaveLength(4)
  for (const path of ['/loopback', '/elsewhere', '/metadata', '/scheme', '/file', '/broken'])
    expect(await ask(path, 3), path).toBe('http.failed redirect-elsewhere unknown')
  expect(await ask('/user', 3)).toBe('http.refused user-name')
})

test('N3: a body is read up to its bound, unpacked, and no further', async () => {
  const bound = 65_536
  let written = 0
  const { port } = await openWeb((request, response) => {
    switch (request.url) {
      case '/exact':
        return void response.end('a'.repeat(bound))
      case '/more':
        return void response.end('a'.repeat(bound + 1))
      case '/told':
        return void response.writeHead(200, { 'content-length': '1000000000' }).flushHeaders()
      case '/packed':
        response.setHeader('content-encoding', 'gzip')
        return void response.end(gzipSync('a'.repeat(bound)))
      case '/bomb':
        response.setHeader('content-encoding', 'gzip')
        return void response.end(gzipSync(Buffer.alloc(20_000_000)))
      case '/twice':
        response.setHeader('content-encoding', 'gzip, gzip')
        return void response.end(gzipSync(gzipSync(Buffer.alloc(20_000_000))))
      default: {
        // A gigabyte, as fast as it is taken.
        const chunk = Buffer.alloc(1_000_000)
        const pour = (): void => {
          while (written < 1_000_000_000 && !response.destroyed) {
            written += chunk.length
            if (!response.write(chunk)) return void response.once('drain', pour)
          }
          response.end()
        }
        pour()
      }
    }
  })
  const { get, outcome } = client()
  expect((await get(home(port, '/exact'))).body).toHaveLength(bound)
  expect((await get(home(port, '/packed'))).body).toHaveLength(bound)
  for (const path of ['/more', '/told', '/bomb', '/twice', '/gigabyte'])
    expect(await outcome(home(port, path)), path).toBe('http.failed body-too-large unknown')
  // What the buffers of both sides hold, not what the server had to give.
  expect(written).toBeLessThan(100_000_000)
})

test('N3: a server that gives a byte now and then is left at the deadline, wherever it dallies', async () => {
  const { port, server } = await openWeb((request, response) => {
    if (request.url === '/silent') return
    if (request.url === '/body') response.writeHead(200)
    const write = (): void => {
      if (request.url === '/body') response.write(' ')
      else response.socket?.write('x-a: b\r\n')
    }
    if (request.url === '/headers') response.socket?.write('HTTP/1.1 200 OK\r\n')
    const dribbling = setInterval(write, 5)
    response.on('close', () => clearInterval(dribbling))
  })
  const { outcome, get } = client()
  for (const path of ['/silent', '/body', '/headers'])
    expect(await outcome(home(port, path), { timeout: 60 }), path).toBe(
      'http.failed deadline unknown',
    )
  const giveUp = new AbortController()
  const asked = once(server, 'request')
  const waiting = outcome(home(port, '/silent'), { signal: giveUp.signal })
  await asked
  giveUp.abort()
  expect(await waiting).toBe('http.failed aborted unknown')
  expect(await outcome(home(port, '/silent'), { signal: giveUp.signal })).toBe(
    'http.failed aborted none',
  )
  await expect(get(home(port, '/silent'), { timeout: 60 })).rejects.toMatchObject({
    isRetryable: true,
  })
})

test('a flood of headers ends the request', async () => {
  const { port } = await openWeb((_, response) => {
    response.setHeader('x-flood', 'a'.repeat(20_000))
    response.end('hello')
  })
  const { outcome } = client()
  expect(await outcome(home(port))).toBe('http.failed headers-too-large unknown')
})

test('whether something was sent is told: nothing without a connection, perhaps after it', async () => {
  const web = await openWeb((request, response) => {
    if (request.url === '/cut') return void request.socket.destroy()
    response.socket?.end('what is this?\r\n\r\n')
  })
  const { outcome } = client()
  expect(await outcome(home(web.port, '/cut'), { method: 'POST', body: 'x' })).toBe(
    'http.failed broken-off unknown',
  )
  expect(await outcome(home(web.port, '/other'))).toBe('http.failed broken-off unknown')
  // Nothing is repeated.
  expect(web.requests).toEqual(['/cut', '/other'])
  const unused = await openWeb(() => undefined)
  unused.server.close()
  await once(unused.server, 'close')
  expect(await outcome(home(unused.port))).toBe('http.failed connection-refused none')

  const secure = await openSecureWeb('shop.example', (_, response) => void response.end('hello'))
  const route = (): typeof publicAddress => ({ address: '127.0.0.1', family: 4 })
  const resolve = async (): Promise<(typeof publicAddress)[]> => [publicAddress]
  const url = `https://shop.example:${secure.port}/`
  expect(await openClient([], { resolve, route }).outcome(url)).toBe('http.failed certificate none')
  const { authority } = secure
  expect(await openClient([], { resolve, route, authority }).outcome(url)).toBe('accepted 200')
  const otherName = `https://other.example:${secure.port}/`
  expect(await openClient([], { resolve, route, authority }).outcome(otherName)).toBe(
    'http.failed certificate none',
  )
  expect(secure.requests).toEqual(['/'])
  const unknown = openClient([], {
    resolve: () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })),
  })
  expect(await unknown.outcome('https://shop.example/')).toBe('http.failed name-not-found none')
  const empty = openClient([], { resolve: async () => [] })
  expect(await empty.outcome('https://shop.example/')).toBe('http.failed name-not-found none')
})

test('requests carry what the caller gives and nothing of earlier answers or the environment', async () => {
  const seen: Record<string, unknown>[] = []
  const { port, requests } = await openWeb((request, response) => {
    const body: Buffer[] = []
    request.on('data', (chunk: Buffer) => body.push(chunk))
    request.on('end', () => {
      seen.push({ ...request.headers, method: request.method, body: String(Buffer.concat(body)) })
      response.writeHead(201, { 'set-cookie': 'session=1', 'x-told': 'ä' })
      response.end('“ok”')
    })
  })
  const proxy = await openWeb((_, response) => void response.end('proxied'))
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY']
  const before = names.map((name) => process.env[name])
  for (const name of names) process.env[name] = home(proxy.port)
  try {
    const { get } = client()
    const post = { method: 'POST' as const, body: '{"a":"ä"}', headers: { 'webhook-id': 'e1' } }
    const answer = await get(home(port, '/hook'), post)
    expect([answer.status, answer.body]).toEqual([201, '“ok”'])
    await get(home(port, '/hook'), post)
  } finally {
    names.forEach((name, place) => {
      if (before[place] === undefined) delete process.env[name]
      else process.env[name] = before[place]
    })
  }
  expect(requests).toEqual(['/hook', '/hook'])
  expect(proxy.requests).toEqual([])
  for (const headers of seen) {
    expect(headers).toMatchObject({ method: 'POST', body: '{"a":"ä"}', 'webhook-id': 'e1' })
    expect(headers.cookie).toBe(undefined)
  }
})
