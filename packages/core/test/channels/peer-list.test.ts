import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parsePeerList } from '../../src/channels/parse-peer-list.ts'
import { type PeerList, peerList } from '../../src/channels/peer-list.ts'
import { sat } from '../../src/domain/amount.ts'
import { PaymentNodeError } from '../../src/errors.ts'
import { keyOf, listWith, rows } from './peer-list-rows.ts'

interface ListFile extends Disposable {
  readonly path: string
  readonly list: PeerList
  write(text: string | Uint8Array): void
}

function openFile(text?: string | Uint8Array): ListFile {
  const folder = mkdtempSync(join(tmpdir(), 'payment-node-peers-'))
  const path = join(folder, 'peers.json')
  const write = (content: string | Uint8Array): void => writeFileSync(path, content)
  if (text !== undefined) write(text)
  return {
    path,
    list: peerList(path),
    write,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

async function refusalOf(work: () => unknown): Promise<PaymentNodeError<'peer-list.invalid'>> {
  try {
    await work()
  } catch (error) {
    if (PaymentNodeError.is(error, 'peer-list.invalid')) return error
    throw error
  }
  throw new Error('the list was read')
}

const entry = (number: number) => ({
  publicKey: keyOf(number),
  address: `203.0.113.${number}:9735`,
})

test('a list is refused with its name, the entry, the line, the field, why and what to do', async () => {
  const wrong: string[] = []
  for (const { text, says, ...details } of rows) {
    const error = await refusalOf(() => parsePeerList(text, 'peers.json'))
    const { line, entry: position } = details
    const place = ['peers.json', line && `line ${line}`, position && `entry ${position}`]
    try {
      expect(error.details).toEqual({ list: 'peers.json', ...details })
      expect(error.message).toContain(`${place.filter(Boolean).join(', ')}: `)
      expect(error.message).toContain(says)
      expect(error.message).toContain('Correct it')
    } catch (difference) {
      wrong.push(`${text.slice(0, 300)}\n${error.message}\n${difference}`)
    }
  }
  expect(wrong).toEqual([])
  expect(rows.length).toBeGreaterThan(60)
})

test('the entries given in code are checked at once, without lines', async () => {
  const missing = await refusalOf(() =>
    peerList([entry(1), { ...entry(2), address: '203.0.113.2' }]),
  )
  expect(missing.details).toEqual({
    list: 'peerList([…])',
    entry: 2,
    line: null,
    field: 'address',
    reason: 'no-port',
  })
  expect(missing.message).toContain('peerList([…]), entry 2: address: has no port')
  const twice = await refusalOf(() => peerList([entry(1), entry(2), entry(1)]))
  expect(twice.message).toContain('entry 3: publicKey: is also in entry 1.')
  for (const nonsense of ['', 'https://mempool.space/peers.json', 'file:///peers.json']) {
    expect(() => peerList(nonsense)).toThrow(/^peerList: /)
  }
  for (const nonsense of [undefined, null, 7, () => []]) {
    expect(() => peerList(nonsense as never)).toThrow(/expected an array of peers/)
  }
})

test('the candidates come best first, with everything that the entry says', async () => {
  const list = peerList([
    { ...entry(1), publicKey: keyOf(1).toUpperCase(), rank: 3 },
    { ...entry(2), alias: 'two ⚡', capacity: '5000000 sat' },
    { ...entry(3), rank: 1, capacity: sat(20_000) },
  ])
  expect(list).toMatchObject({ contractVersion: 1, kind: 'peers', file: null })
  const place = (position: number) => ({ place: { entry: position, line: null } })
  expect(await list.candidates()).toEqual([
    { ...entry(3), rank: 1, capacitySat: 20_000n, ...place(3) },
    { ...entry(2), rank: 2, alias: 'two ⚡', capacitySat: 5_000_000n, ...place(2) },
    { ...entry(1), rank: 3, ...place(1) },
  ])
})

test('a file is an array, or what the command writes; each candidate knows its line', async () => {
  const third = `{ "publicKey": "${keyOf(3)}", "address": "203.0.113.3:9735" }`
  using bare = openFile(`\ufeff${listWith(third)}`)
  const read = await bare.list.candidates()
  expect(read.map(({ rank, place }) => [rank, place?.line])).toEqual([
    [1, 2],
    [2, 3],
    [3, 4],
  ])
  expect((await parsePeerList(`\ufeff${listWith(third)}`, 'list')).candidates).toEqual(read)
  using written = openFile(`{ "approved": true, "prepared": {},\n"peers": ${listWith(third)} }`)
  expect((await written.list.candidates()).map(({ place }) => place?.line)).toEqual([3, 4, 5])
  expect(written.list.file).toBe(written.path)
})

test('a list that nobody has approved is not used', async () => {
  using file = openFile(JSON.stringify({ approved: false, peers: [entry(1)] }))
  const error = await refusalOf(() => file.list.candidates())
  expect(error.details).toMatchObject({ field: 'approved', reason: 'not-approved' })
  file.write(JSON.stringify({ approved: true, peers: [entry(1)] }))
  expect(await file.list.candidates()).toHaveLength(1)
})

test('a file is read again when it has changed, and only then', async () => {
  using file = openFile(JSON.stringify([entry(1)]))
  const first = await file.list.candidates()
  expect(await file.list.candidates()).toBe(first)

  file.write(JSON.stringify([entry(1), entry(2)]))
  const second = await file.list.candidates()
  expect(second).toHaveLength(2)

  file.write('[')
  const error = await refusalOf(() => file.list.candidates())
  expect(await refusalOf(() => file.list.candidates())).toBe(error)
  // What was given before is the caller's, untouched.
  expect(second).toHaveLength(2)

  appendFileSync(file.path, `${JSON.stringify(entry(3))}]`)
  expect((await file.list.candidates()).map(({ publicKey }) => publicKey)).toEqual([keyOf(3)])
})

test('another file of the same size and time in its place is noticed', async () => {
  using file = openFile(JSON.stringify([entry(1)]))
  const { size } = statSync(file.path)
  utimesSync(file.path, 1000, 1000)
  expect((await file.list.candidates())[0]!.publicKey).toBe(keyOf(1))
  writeFileSync(`${file.path}.new`, JSON.stringify([entry(2)]))
  utimesSync(`${file.path}.new`, 1000, 1000)
  renameSync(`${file.path}.new`, file.path)
  expect(statSync(file.path).size).toBe(size)
  expect((await file.list.candidates())[0]!.publicKey).toBe(keyOf(2))
})

test('a file that is missing, unreadable, too large or no text says so, and is asked again', async () => {
  using file = openFile()
  expect((await refusalOf(() => file.list.candidates())).details).toEqual({
    list: file.path,
    entry: null,
    line: null,
    field: 'file',
    reason: 'not-found',
  })
  file.write(Uint8Array.from([0x5b, 0xff, 0x5d]))
  expect((await refusalOf(() => file.list.candidates())).details.reason).toBe('not-utf8')
  file.write(new Uint8Array(8_000_001))
  expect((await refusalOf(() => file.list.candidates())).details.reason).toBe('too-large')
  file.write(JSON.stringify([entry(1)]))
  expect(await file.list.candidates()).toHaveLength(1)
  const folder = peerList(join(file.path, '..'))
  expect((await refusalOf(() => folder.candidates())).details.reason).toBe('unreadable')
})

test('a relative path is that of the folder where the list was made', async () => {
  using file = openFile(JSON.stringify([entry(1)]))
  const before = process.cwd()
  process.chdir(join(file.path, '..'))
  const list = peerList('peers.json')
  process.chdir(before)
  expect(list.name).toBe('peers.json')
  expect(await list.candidates()).toHaveLength(1)
})

test('an aborted look ends, and spoils nothing', async () => {
  using file = openFile(JSON.stringify([entry(1)]))
  await expect(file.list.candidates(AbortSignal.abort())).rejects.toThrow(/abort/)
  const ending = new AbortController()
  const looking = file.list.candidates(ending.signal)
  ending.abort()
  await looking.catch(() => {})
  expect(await file.list.candidates()).toHaveLength(1)
})
