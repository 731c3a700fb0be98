import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { resolveStranger } from '../../src/http/resolve-name.ts'
import { openClient, openWeb } from './web.ts'

/** Record types of DNS. */
const types = { a: 1, aaaa: 28 } as const

/** A name server that knows some addresses of every name; RFC 1035. */
async function openNameServer(records: {
  readonly a?: readonly number[]
  readonly aaaa?: readonly number[]
}): Promise<string> {
  const socket = createSocket('udp4')
  socket.on('message', (question, from) => {
    // Header of 12 bytes, the name, then type and class: the answer begins with the same.
    const end = question.indexOf(0, 12) + 5
    const type = question.readUInt16BE(end - 4)
    const known = type === types.a ? records.a : type === types.aaaa ? records.aaaa : undefined
    const header = Buffer.from(question.subarray(0, 12))
    header.writeUInt16BE(0x8180, 2)
    header.writeUInt16BE(known ? 1 : 0, 6)
    header.writeUInt32BE(0, 8)
    // A pointer to the name, type, class IN, 60 seconds, length.
    const answer = known && [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, known.length, ...known]
    socket.send(
      Buffer.concat([header, question.subarray(12, end), Buffer.from(answer ?? [])]),
      from.port,
      from.address,
    )
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  return `127.0.0.1:${socket.address().port}`
}

const six = [0x26, 0x06, 0x47, 0, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11]

test('names of strangers are looked up by asking the name servers, for both families', async () => {
  const both = await openNameServer({ a: [93, 184, 215, 14], aaaa: six })
  expect(await resolveStranger('shop.example', [both])).toEqual([
    { address: '93.184.215.14', family: 4 },
    { address: '2606:4700:4700::1111', family: 6 },
  ])
  const one = await openNameServer({ aaaa: six })
  expect(await resolveStranger('shop.example', [one])).toEqual([
    { address: '2606:4700:4700::1111', family: 6 },
  ])
  const none = await openNameServer({})
  await expect(resolveStranger('shop.example', [none])).rejects.toMatchObject({ code: 'ENOTFOUND' })
})

test('N3: a name server of a stranger that names addresses of this machine or network gets nowhere', async () => {
  const { port, requests } = await openWeb((_, response) => void response.end('secret'))
  const mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1]
  for (const records of [
    { a: [127, 0, 0, 1] },
    { a: [169, 254, 169, 254] },
    { a: [93, 184, 215, 14], aaaa: mapped },
    { a: [93, 184, 215, 14], aaaa: [...Array<number>(15).fill(0), 1] },
  ]) {
    const server = await openNameServer(records)
    const { outcome } = openClient([], { resolve: (host) => resolveStranger(host, [server]) })
    expect(await outcome(`https://shop.example:${port}/`)).toBe('http.refused address')
  }
  expect(requests).toEqual([])
})
