import { createECDH } from 'node:crypto'

/** Deterministic keys that are on the curve: those of the private keys 1, 2, 3, … */
export function keyOf(number: number): string {
  const curve = createECDH('secp256k1')
  curve.setPrivateKey(number.toString(16).padStart(64, '0'), 'hex')
  return curve.getPublicKey('hex', 'compressed')
}

/** Two good entries, one per line, for lists of text; `more` is a third, which begins on line 4. */
export function listWith(more: string): string {
  return `[
  { "publicKey": "${keyOf(1)}", "address": "203.0.113.1:9735" },
  { "publicKey": "${keyOf(2)}", "address": "203.0.113.2:9735" },
  ${more}
]`
}

/** A list that must be refused, where the error points, and what it says. */
export interface Row {
  readonly text: string
  readonly entry: number | null
  readonly line: number | null
  readonly field: string
  readonly reason: string
  readonly says: string
}

const key = keyOf(3)
const good = `"publicKey": "${key}", "address": "203.0.113.3:9735"`

/** An entry on line 4 with one thing wrong. */
function third(entry: string, field: string, reason: string, says: string, line = 4): Row {
  return { text: listWith(entry), entry: 3, line, field, reason, says }
}

/** A list that is wrong as a whole. */
function whole(text: string, line: number, field: string, reason: string, says: string): Row {
  return { text, entry: null, line, field, reason, says }
}

function keyRow(publicKey: string, reason: string, says: string): Row {
  const entry = `{ "publicKey": ${publicKey}, "address": "203.0.113.3:9735" }`
  return third(entry, 'publicKey', reason, says)
}

function valueRow(field: string, value: string, reason: string, says: string): Row {
  return third(`{ ${good}, "${field}": ${value} }`, field, reason, says)
}

const twin = `also in entry 1 (line 2)`

export const rows: readonly Row[] = [
  whole('', 1, 'json', 'not-json', 'is not JSON at column 1'),
  whole('peers:\n  - publicKey: 02', 1, 'json', 'not-json', 'is not JSON at column 1'),
  whole('// mine\n[]', 1, 'json', 'not-json', "Unexpected character '/'"),
  whole('[\n  {"a": 1},\n]', 3, 'json', 'not-json', 'is not JSON at column 1'),
  whole('[\n  {"a": 1}\n  {"b": 2}\n]', 3, 'json', 'not-json', 'is not JSON at column 3'),
  whole("[\n\n{ 'publicKey': 1 }]", 3, 'json', 'not-json', "Unexpected character '''"),
  whole('[{"publicKey": "02', 1, 'json', 'not-json', 'is not JSON'),
  whole('[1, 2] [3]', 1, 'json', 'not-json', 'is not JSON at column 8'),
  {
    ...whole('['.repeat(100_000) + ']'.repeat(100_000), 1, 'json', 'not-json', 'is not JSON'),
    line: null,
  },
  whole('null', 1, 'list', 'wrong-type', 'expected an array of peers, not null'),
  whole('"peers"', 1, 'list', 'wrong-type', 'expected an array of peers, not string'),
  whole('42', 1, 'list', 'wrong-type', 'expected an array of peers, not number'),
  whole('{}', 1, 'peers', 'missing', 'expected an array of peers'),
  whole('{\n\n"peers": {}\n}', 3, 'peers', 'wrong-type', 'expected an array of peers, not object'),
  whole('{\n"peer": []\n}', 2, 'peer', 'unknown-option', 'did you mean peers?'),
  whole('{\n"approved": "yes",\n"peers": []\n}', 2, 'approved', 'wrong-type', 'true or false'),
  whole('{\n"peers": [],\n"peers": []\n}', 3, 'peers', 'duplicate-field', 'is given twice'),
  whole('[]', 1, 'peers', 'empty', 'there is no peer in it'),
  whole('{\n"peers": []\n}', 2, 'peers', 'empty', 'there is no peer in it'),
  whole(`[${'0,'.repeat(10_000)}0]`, 1, 'peers', 'too-many', '10001 entries; at most 10000'),

  third('null', 'entry', 'missing', 'expected an object'),
  third(`"${key}@203.0.113.3:9735"`, 'entry', 'wrong-type', 'not string'),
  third('[]', 'entry', 'wrong-type', 'not array'),
  third('7', 'entry', 'wrong-type', 'not number'),
  valueRow('adress', '"203.0.113.3:9735"', 'unknown-option', 'did you mean address?'),
  valueRow('pubkey', '1', 'unknown-option', 'known: publicKey, address, alias, capacity, rank'),
  valueRow('__proto__', '{}', 'unknown-option', 'there is no such field'),
  third(`{ ${good},\n\n"alias": "a", "alias": "b" }`, 'alias', 'duplicate-field', 'twice', 6),

  third('{ "address": "203.0.113.3:9735" }', 'publicKey', 'missing', 'expected text'),
  keyRow('null', 'null', 'expected text'),
  keyRow('2', 'wrong-type', 'not number'),
  keyRow('""', 'empty', 'must not be empty'),
  keyRow(`"${key.slice(1)}"`, 'malformed', 'has 65 hexadecimal digits; a key has 66'),
  keyRow(`"${key}0"`, 'malformed', 'has 67 hexadecimal digits'),
  keyRow(`"04${key.slice(2)}"`, 'malformed', 'must begin with 02 or 03'),
  keyRow(`"0x${key.slice(2)}"`, 'malformed', 'must be hexadecimal digits'),
  keyRow(`"${key} "`, 'malformed', 'must be hexadecimal digits'),
  keyRow(`"${key}@203.0.113.3:9735"`, 'with-address', 'what follows @ is the address'),
  keyRow(`"02${'f'.repeat(64)}"`, 'not-on-curve', 'is no key of any node'),
  keyRow(`"02${'0'.repeat(63)}5"`, 'not-on-curve', 'is no key of any node'),
  keyRow(`"${keyOf(1)}"`, 'duplicate', twin),
  keyRow(`"${keyOf(1).toUpperCase()}"`, 'duplicate', twin),

  third(`{ "publicKey": "${key}" }`, 'address', 'missing', 'expected text'),
  third(`{\n"publicKey": "${key}",\n"address": "x" }`, 'address', 'no-port', 'has no port', 6),
  third(`{ "publicKey": "${key}", "address": "[::1]:0" }`, 'address', 'port', '1 to 65535'),

  valueRow('alias', '7', 'wrong-type', 'expected text'),
  valueRow('alias', 'null', 'null', 'expected text'),
  valueRow('alias', '""', 'empty', 'must not be empty'),
  valueRow('alias', '"a\\nb"', 'malformed', 'must be one line'),
  valueRow('alias', '"a\\u0007b"', 'control-character', 'control character'),
  valueRow('alias', '"\\ud800"', 'not-unicode', 'well-formed'),
  valueRow('alias', `"${'a'.repeat(129)}"`, 'too-long', '128 bytes'),

  valueRow('capacity', '2000000', 'bare-number', "'2000000 sat'"),
  valueRow('capacity', '"2000000"', 'unit-missing', '25000 sat'),
  valueRow('capacity', '"0.02 btc"', 'fraction', '25000 sat'),
  valueRow('capacity', 'null', 'null', 'expected an amount'),
  valueRow('capacity', '"0 sat"', 'zero', 'more than zero'),
  valueRow('capacity', '"-20000 sat"', 'negative', 'more than zero'),
  valueRow('capacity', '"19999 sat"', 'out-of-range', '20000 to 16777215 sat'),
  valueRow('capacity', '"16777216 sat"', 'out-of-range', '20000 to 16777215 sat'),
  valueRow('capacity', '"20000500 msat"', 'not-whole-sat', 'whole satoshi'),

  valueRow('rank', '0', 'too-small', 'at least 1'),
  valueRow('rank', '-1', 'too-small', 'at least 1'),
  valueRow('rank', '1.5', 'fraction', 'whole number'),
  valueRow('rank', '"1"', 'wrong-type', 'expected a number'),
  valueRow('rank', '1e400', 'not-finite', 'not finite'),
  valueRow('rank', '1000001', 'too-large', 'at most 1000000'),
  valueRow('rank', '2', 'duplicate', '2 is also the rank of entry 2 (line 3)'),
]
