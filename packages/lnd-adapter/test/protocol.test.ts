import type { MethodDefinition, ServiceDefinition } from '@grpc/proto-loader'
import { expect, test } from 'vitest'
import type { MethodPath, ReplyOf, RequestOf } from '../src/call.ts'
import { descriptor } from '../src/generated/descriptor.ts'
import { codecOf, loadProtocol } from '../src/protocol.ts'
import type { NamespaceDescriptor } from '../src/protocol-descriptor.ts'

function methodOf(path: MethodPath): MethodDefinition<object, object> {
  const [service, method] = path.slice(1).split('/') as [string, string]
  return (loadProtocol()[service] as ServiceDefinition)[method]!
}

/** What the adapter reads when LND sends `reply`. */
function receive<P extends MethodPath>(path: P, reply: object): ReplyOf<P> {
  return codecOf(path).decode(methodOf(path).responseSerialize(reply)) as ReplyOf<P>
}

/** What LND reads when the adapter sends `request`. */
function send<P extends MethodPath>(path: P, request: RequestOf<P>): Record<string, unknown> {
  const bytes = codecOf(path).encode(request)
  return methodOf(path).requestDeserialize(bytes) as Record<string, unknown>
}

test('64-bit integers beyond 2^53 stay exact in both directions', () => {
  const sent = send('/lnrpc.Lightning/AddInvoice', { value_msat: 9_007_199_254_740_993n })
  expect(sent.value_msat).toBe('9007199254740993')
  const { channels } = receive('/lnrpc.Lightning/ListChannels', {
    channels: [{ chan_id: '18446744073709551615', local_balance: '-9223372036854775808' }],
  })
  expect(channels[0]).toMatchObject({
    chan_id: '18446744073709551615',
    local_balance: '-9223372036854775808',
  })
})

test('what LND leaves unset arrives as empty bytes, zero, null and empty lists', () => {
  const invoice = receive('/lnrpc.Lightning/LookupInvoice', {})
  expect(invoice.description_hash).toHaveLength(0)
  expect(invoice.value_msat).toBe('0')
  const [channel] = receive('/lnrpc.Lightning/ListChannels', { channels: [{}] }).channels
  expect(channel).toMatchObject({ local_constraints: null, pending_htlcs: [], memo: '' })
})

test('an enum value that is newer than proto/ arrives as a number, an alias as one of its names', () => {
  const [unknown, alias] = receive('/lnrpc.Lightning/ListChannels', {
    channels: [{ commitment_type: 99 }, { commitment_type: 7 }],
  }).channels
  expect(unknown?.commitment_type).toBe(99)
  expect(['TAPROOT', 'SIMPLE_TAPROOT_FINAL']).toContain(alias?.commitment_type)
})

test('no map has 64-bit keys, which would arrive as eight characters of binary text', () => {
  const wide: string[] = []
  const visit = (name: string, entry: NamespaceDescriptor): void => {
    for (const [field, { keyType = '' }] of Object.entries(entry.fields ?? {})) {
      if (/64/.test(keyType)) wide.push(`${name}.${field}`)
    }
    for (const [inner, nested] of Object.entries(entry.nested ?? {}))
      visit(`${name}.${inner}`, nested)
  }
  visit('', descriptor)
  expect(wide).toEqual([])
  const { features } = receive('/lnrpc.Lightning/GetInfo', {
    features: { 55: { name: 'keysend' } },
  })
  expect(Object.keys(features)).toEqual(['55'])
})
