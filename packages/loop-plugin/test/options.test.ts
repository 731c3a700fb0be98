import type { PaymentNodeError } from '@payment-node/core'
import { loop } from '@payment-node/loop-plugin'
import { expect, test } from 'vitest'

const good = {
  address: 'localhost:11010',
  certificate: { path: 'tls.cert' },
  macaroon: { hex: '0201' },
}

test('options that cannot be right are refused by name, before any I/O', () => {
  const rows: readonly [string, object | null][] = [
    ['options', null],
    ['address', { address: 'https://localhost:11010' }],
    ['address', { address: 'localhost' }],
    ['address', { address: 'localhost:0' }],
    ['address', { address: 'localhost:70000' }],
    ['certificate', { certificate: {} }],
    ['certificate', { certificate: new Uint8Array() }],
    ['macaroon', { macaroon: { hex: 'xyz' } }],
    ['macaroon', { macaroon: { path: '' } }],
    ['name', { name: 'a b' }],
    ['network', { network: 'moonnet' }],
    ['serverName', { serverName: '' }],
    ['patienceMilliseconds', { patienceMilliseconds: -1 }],
    ['sweepTarget', { sweepTarget: 1 }],
    ['confirmations', { confirmations: 0 }],
    ['replyDeadlineMilliseconds', { replyDeadlineMilliseconds: 1.5 }],
  ]
  const wrong: unknown[] = []
  for (const [field, more] of rows) {
    try {
      loop((more && { ...good, ...more }) as never)
      wrong.push([field, more, 'accepted'])
    } catch (error) {
      const { code, details } = error as PaymentNodeError<'options.invalid'>
      if (code !== 'options.invalid' || details.field !== `swaps.${field}`)
        wrong.push([field, error])
    }
  }
  expect(wrong).toEqual([])
})

test('what it is, for core', () => {
  const provider = loop({ ...good, address: '[::1]:11010', name: 'loop-2' })
  expect(provider).toMatchObject({ contractVersion: 1, custody: 'delegated', name: 'loop-2' })
  expect(loop(good).name).toBe('loop')
})
