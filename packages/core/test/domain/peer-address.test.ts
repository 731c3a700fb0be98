import { expect, test } from 'vitest'
import { readPeerAddress } from '../../src/domain/peer-address.ts'
import { PaymentNodeError } from '../../src/errors.ts'

const onion = `${'ab2cd3ef'.repeat(7)}.onion`

test('addresses of every kind are read as they are written', () => {
  const good = [
    '203.0.113.7:9735',
    'localhost:9735',
    'node.example.com:1',
    'xn--bcher-kva.example:65535',
    'my_node.example:9735',
    '[2001:db8::1]:9735',
    '[::ffff:203.0.113.7]:9735',
    `${onion}:9735`,
    `${onion.toUpperCase()}:9735`,
  ]
  expect(good.map((address) => readPeerAddress(address, 'address'))).toEqual(good)
})

test('what is no address is refused, with how to write it', () => {
  const rows: [address: unknown, reason: string, says: string][] = [
    [undefined, 'missing', 'expected text'],
    [null, 'null', 'expected text'],
    [9735, 'wrong-type', 'not number'],
    ['', 'empty', 'must not be empty'],
    ['203.0.113.7', 'no-port', '203.0.113.7:9735'],
    ['node.example.com', 'no-port', 'node.example.com:9735'],
    [':9735', 'malformed', 'no host'],
    ['203.0.113.7:', 'malformed', 'host:port'],
    ['203.0.113.7:0', 'port', '1 to 65535'],
    ['203.0.113.7:65536', 'port', '1 to 65535'],
    ['203.0.113.7:97355', 'port', '1 to 65535'],
    ['203.0.113.7:-1', 'no-port', 'no port'],
    ['203.0.113.7:0x26', 'no-port', 'no port'],
    ['203.0.113:9735', 'malformed', 'no IPv4 address'],
    ['203.0.113.256:9735', 'malformed', 'no IPv4 address'],
    ['203.0.113.07:9735', 'malformed', 'no IPv4 address'],
    ['0x7f.1:9735', 'malformed', 'no IPv4 address'],
    ['3405803783:9735', 'malformed', 'no IPv4 address'],
    ['2001:db8::1:9735', 'malformed', '[2001:db8::1]:9735'],
    ['[2001:db8::1]', 'no-port', 'no port'],
    ['[2001:db8::g]:9735', 'malformed', 'no IPv6 address'],
    ['[203.0.113.7]:9735', 'malformed', 'no IPv6 address'],
    ['[]:9735', 'malformed', 'no IPv6 address'],
    ['[fe80::1%eth0]:9735', 'malformed', 'no IPv6 address'],
    ['[2001:db8::1]9735', 'no-port', 'no port'],
    ['expyuzz4wqqyqhjn.onion:9735', 'onion-version-2', 'no longer exists'],
    [`${onion.slice(1)}:9735`, 'malformed', '56 characters'],
    ['8.onion:9735', 'malformed', '56 characters'],
    ['https://node.example.com:9735', 'url', 'without a scheme'],
    [`02${'11'.repeat(32)}@203.0.113.7:9735`, 'with-key', 'without the public key'],
    ['node..example:9735', 'malformed', 'no host name'],
    ['-node.example:9735', 'malformed', 'no host name'],
    ['nöde.example:9735', 'malformed', 'no host name'],
    [`${'a'.repeat(64)}.example:9735`, 'malformed', 'no host name'],
    ['node.example :9735', 'malformed', 'no host name'],
    ['203.0.113.7:9735 ', 'malformed', 'spaces'],
    ['203.0.113.7:9735\n', 'malformed', 'spaces'],
    ['a'.repeat(301), 'too-long', '300'],
  ]
  const wrong = rows.flatMap(([address, reason, says]) => {
    try {
      return [`${address} was read as ${readPeerAddress(address, 'address')}`]
    } catch (error) {
      if (!PaymentNodeError.is(error, 'input.invalid')) throw error
      const isRight = error.details.reason === reason && error.message.includes(says)
      return isRight ? [] : [`${address}: ${error.details.reason}: ${error.message}`]
    }
  })
  expect(wrong).toEqual([])
})
