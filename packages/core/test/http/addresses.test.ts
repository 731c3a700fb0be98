import type { LookupAddress } from 'node:dns'
import type { HttpRequest, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { readHttpOptions } from '../../src/http/http-options.ts'
import { refusedRange } from '../../src/http/judge-address.ts'
import { openClient, openSecureWeb, openWeb, publicAddress } from './web.ts'

const nothingSent = 'http.refused address'

/** Every spelling of an address that is not public, as the host of a URL. */
const literals = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.0.0.1.',
  '１２７.0.0.1',
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '168.63.129.16',
  '192.0.0.192',
  '198.18.0.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[::127.0.0.1]',
  '[4000::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:169.254.169.254]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::127.0.0.1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[100::1]',
  '[2001:db8::1]',
]

test('N3: an address that is not public is refused in every spelling, before anything is sent', async () => {
  const { port, requests } = await openWeb((_, response) => void response.end('secret'))
  // The very port that listens is allowed on another host: only the address refuses.
  const { outcome } = openClient([{ host: 'localhost', port, insecure: true }])
  for (const host of literals) {
    expect(await outcome(`https://${host}:${port}/`), host).toBe(nothingSent)
    expect(await outcome(`http://${host}:${port}/`), host).toBe('http.refused insecure')
  }
  expect(requests).toEqual([])
  for (const address of ['8.8.8.8', '1.1.1.1', '93.184.215.14', '2606:4700:4700::1111'])
    expect(refusedRange(address), address).toBe(undefined)
})

test('N3: a name is refused when any of its addresses is not public', async () => {
  const { port, requests } = await openWeb((_, response) => void response.end('secret'))
  const bad = ['127.0.0.1', '169.254.169.254', '10.1.2.3', '::1', '::ffff:127.0.0.1', 'fd00::1']
  for (const address of bad) {
    const private_ = { address, family: address.includes(':') ? 6 : 4 }
    for (const found of [[private_], [publicAddress, private_], [private_, publicAddress]]) {
      const { outcome } = openClient([], {
        resolve: async () => found,
        route: () => ({ address: '127.0.0.1', family: 4 }),
      })
      expect(await outcome(`https://shop.example:${port}/`), address).toBe(nothingSent)
    }
  }
  expect(requests).toEqual([])
})

test('N3: a name server that answers the check and the connection differently gets nowhere: the checked address is the connected one', async () => {
  const { port, requests, authority } = await openSecureWeb('shop.example', (_, response) => {
    response.setHeader('connection', 'close')
    response.end('hello')
  })
  const answers: LookupAddress[] = [publicAddress, { address: '127.0.0.1', family: 4 }]
  const connected: string[] = []
  let asked = 0
  const { get, outcome } = openClient([], {
    authority,
    resolve: async () => [answers[asked++]!],
    route: ({ address }) => {
      connected.push(address)
      return { address: '127.0.0.1', family: 4 }
    },
  })
  const url = `https://shop.example:${port}/`
  expect((await get(url)).body).toBe('hello')
  expect(asked).toBe(1)
  expect(connected).toEqual([publicAddress.address])
  // The next connection asks again and is judged again.
  expect(await outcome(url)).toBe(nothingSent)
  expect(asked).toBe(2)
  expect(connected).toEqual([publicAddress.address])
  expect(requests).toEqual(['/'])
})

test('N3: URLs that hide where they lead, or use another protocol, are refused', async () => {
  const { outcome } = openClient([], { resolve: async () => [publicAddress] })
  for (const [url, reason] of [
    ['', 'malformed'],
    ['shop.example', 'malformed'],
    ['https://', 'malformed'],
    ['https://1.2.3.4.5/', 'malformed'],
    ['https://user@shop.example/', 'user-name'],
    ['https://shop.example:word@127.0.0.1/', 'user-name'],
    ['http://shop.example/', 'insecure'],
    ['ftp://shop.example/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['gopher://shop.example/', 'scheme'],
    ['data:text/plain,hello', 'scheme'],
    ['https://shop.example:22/', 'port'],
    ['https://shop.example:25/', 'port'],
  ] as const)
    expect(await outcome(url), url).toBe(`http.refused ${reason}`)
})

test('an exception is for one host and port, and for plain http only if it says so', async () => {
  const { port } = await openWeb((_, response) => void response.end('hello'))
  const other = await openWeb((_, response) => void response.end('hello'))
  // All names are of this machine.
  const named = openClient([{ host: 'localhost', port, insecure: true }], {
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  })
  expect(await named.outcome(`http://localhost:${port}/`)).toBe('accepted 200')
  expect(await named.outcome(`http://LOCALHOST:${port}/`)).toBe('accepted 200')
  expect(await named.outcome(`http://127.0.0.1:${port}/`)).toBe('http.refused insecure')
  expect(await named.outcome(`https://127.0.0.1:${port}/`)).toBe(nothingSent)
  expect(await named.outcome(`http://localhost:${other.port}/`)).toBe('http.refused insecure')
  expect(await named.outcome(`https://localhost:${other.port}/`)).toBe(nothingSent)
  expect(await named.outcome(`http://sub.localhost:${port}/`)).toBe('http.refused insecure')
  const secure = openClient([{ host: '127.0.0.1' }])
  expect(await secure.outcome(`http://127.0.0.1:${port}/`)).toBe('http.refused insecure')
  // Allowed, but the server speaks no TLS.
  expect(await secure.outcome(`https://127.0.0.1:${port}/`)).toMatch(/^http.failed/)
  const any = openClient([{ host: '127.0.0.1', insecure: true }])
  expect(await any.outcome(`http://127.0.0.1:${port}/`)).toBe('accepted 200')
  expect(await any.outcome(`http://127.0.0.1:${other.port}/`)).toBe('accepted 200')
  expect(other.requests).toEqual(['/'])
})

test('the exceptions of the options are read as URLs are written', () => {
  expect(
    readHttpOptions({
      allow: [
        { host: 'Receiver.Internal', port: 8080 },
        { host: '0x7f.1', insecure: true },
        { host: '::1', for: ['lnurl'] },
      ],
    }),
  ).toEqual({
    allow: [
      {
        host: 'receiver.internal',
        port: 8080,
        insecure: false,
        for: ['webhooks', 'fees', 'swaps'],
      },
      { host: '127.0.0.1', insecure: true, for: ['webhooks', 'fees', 'swaps'] },
      { host: '::1', insecure: false, for: ['lnurl'] },
    ],
  })
})

test('an exception is for what it names, and no connection made under it serves anybody else', async () => {
  const { port, requests } = await openWeb((_, response) => void response.end('inside'))
  const { outcome } = openClient([
    { host: '127.0.0.1', port, insecure: true },
    { host: 'localhost', port, insecure: true, for: ['lnurl', 'partner-webhooks'] },
  ])
  const wrong: string[] = []
  const own = ['webhooks', 'fees', 'swaps']
  const purposes = ['webhooks', 'fees', 'swaps', 'lnurl', 'partner-webhooks', undefined] as const
  for (const purpose of purposes) {
    const more = { purpose } as Partial<HttpRequest>
    const isOwn = own.includes(purpose ?? '')
    const expected = (isAllowed: boolean): string =>
      isAllowed ? 'accepted 200' : 'http.refused insecure'
    const numbered = await outcome(`http://127.0.0.1:${port}/numbered`, more)
    if (numbered !== expected(isOwn)) wrong.push(`${purpose} by number: ${numbered}`)
    const named = await outcome(`http://localhost:${port}/named`, more)
    if (named !== expected(!isOwn && purpose !== undefined)) wrong.push(`${purpose}: ${named}`)
    // Over TLS the address alone refuses; the plain server would have answered otherwise.
    const secure = await outcome(`https://127.0.0.1:${port}/`, more)
    if ((secure === nothingSent) === isOwn) wrong.push(`${purpose} over TLS: ${secure}`)
  }
  expect(wrong).toEqual([])
  expect(requests).toEqual(['/numbered', '/numbered', '/numbered', '/named', '/named'])
})

test('a refusal does not say which inner address a name leads to', async () => {
  const { get } = openClient([], { resolve: async () => [{ address: '10.2.3.4', family: 4 }] })
  const refusal = await get('https://shop.example/').catch((error: unknown) => error)
  const { message, details, advice, cause } = refusal as PaymentNodeError
  expect(message).toMatch(/^shop.example was not asked: its address is not public\./)
  expect(JSON.stringify({ message, details, advice })).not.toContain('10.2.3.4')
  // The operator's log has it.
  expect(String(cause)).toContain('10.2.3.4')
})
