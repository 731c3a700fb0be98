import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type LndOptions, lnd } from '../src/index.ts'

const good: LndOptions = {
  address: 'localhost:10009',
  certificate: { path: '/nowhere/tls.cert' },
  macaroon: { hex: '00ff' },
}

test('an option that cannot be used is named, with the reason', () => {
  const cases: readonly [field: string, reason: RegExp, options: unknown][] = [
    ['options', /object/, undefined],
    ['address', /like localhost:10009/, { address: undefined }],
    ['address', /without a scheme/, { address: 'https://localhost:10009' }],
    ['address', /host:port/, { address: 'localhost' }],
    ['address', /host:port/, { address: 'localhost:10009/' }],
    ['address', /host:port/, { address: '::1:10009' }],
    ['address', /host:port/, { address: ' localhost:10009' }],
    ['address', /1 to 65535/, { address: 'localhost:0' }],
    ['address', /1 to 65535/, { address: 'localhost:65536' }],
    ['certificate', /\{ path \}/, { certificate: '/home/lnd/tls.cert' }],
    ['certificate', /\{ path \}/, { certificate: undefined }],
    ['certificate', /\{ path \}/, { certificate: { path: '' } }],
    ['certificate', /empty/, { certificate: new Uint8Array() }],
    ['macaroon', /hex digits/, { macaroon: { hex: 'abc' } }],
    ['macaroon', /hex digits/, { macaroon: { hex: '' } }],
    ['macaroon', /hex digits/, { macaroon: { hex: 'zz' } }],
    ['macaroon', /\{ path \}/, { macaroon: null }],
    ['serverName', /host name/, { serverName: '' }],
    ['roles', /readonly, receive/, { roles: ['admin'] }],
    ['roles', /readonly, receive/, { roles: [] }],
    ['keepalive.afterMilliseconds', /above zero/, { keepalive: { afterMilliseconds: 0 } }],
    ['keepalive.timeoutMilliseconds', /above zero/, { keepalive: { timeoutMilliseconds: 0.5 } }],
    ['replyDeadlineMilliseconds', /above zero/, { replyDeadlineMilliseconds: Number.NaN }],
    ['peerDeadlineMilliseconds', /above zero/, { peerDeadlineMilliseconds: 0 }],
  ]
  for (const [field, reason, wrong] of cases) {
    const options = wrong === undefined ? wrong : { ...good, ...(wrong as object) }
    let thrown: unknown
    try {
      lnd(options as LndOptions)
    } catch (error) {
      thrown = error
    }
    const what = `${field}: ${JSON.stringify(wrong)}`
    expect(PaymentNodeError.is(thrown, 'options.invalid'), what).toBe(true)
    const { details } = thrown as PaymentNodeError<'options.invalid'>
    expect(details.field, what).toBe(`lightning.${field}`)
    expect(details.reason, what).toMatch(reason)
  }
})

test('addresses are names, IPv4 and IPv6', () => {
  for (const address of ['localhost:10009', 'lnd.internal:443', '10.0.0.7:10009', '[::1]:10009']) {
    expect(lnd({ ...good, address }).name, address).toBe('lnd')
  }
})

test('making the node reads no credential and opens no connection', () => {
  let reads = 0
  const source = async (): Promise<Uint8Array> => {
    reads += 1
    return new Uint8Array(1)
  }
  const node = lnd({ address: '127.0.0.1:1', certificate: source, macaroon: source })
  expect(node).toMatchObject({ contractVersion: 1, name: 'lnd' })
  expect(reads).toBe(0)
})
