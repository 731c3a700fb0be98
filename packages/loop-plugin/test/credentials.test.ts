import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loop } from '@payment-node/loop-plugin'
import { startLoopServer } from '@payment-node/testkit/loop-server'
import { expect, test } from 'vitest'
import { startPair, wanted } from './daemon.ts'

test('a macaroon that was renewed is read again, and the call repeated', async () => {
  await using server = await startLoopServer()
  const folder = await mkdtemp(join(tmpdir(), 'loop-'))
  const path = join(folder, 'loop.macaroon')
  await writeFile(path, Buffer.from('00ff', 'hex'))
  const { address, certificate, macaroon } = server
  const provider = loop({ address, certificate, macaroon: { path } })
  const rejected = { details: { reason: 'macaroon-rejected', outcome: 'none' } }
  await expect(provider.limits()).rejects.toMatchObject(rejected)
  await writeFile(path, macaroon)
  expect(await provider.limits()).toMatchObject({ minimumSat: 250_000n })
  provider.close()
  await rm(folder, { recursive: true })
})

test('other certificates, names and files: typed, and nothing was started', async () => {
  await using server = await startLoopServer()
  const { address, certificate, macaroon } = server
  const given = { address, certificate, macaroon }
  const wrong: unknown[] = []
  for (const [expected, options] of [
    ['certificate-rejected', { ...given, certificate: Buffer.from('none') }],
    ['certificate-rejected', { ...given, serverName: 'elsewhere.example' }],
    ['credentials-unreadable', { ...given, macaroon: { path: '/nowhere/loop.macaroon' } }],
    ['credentials-unreadable', { ...given, macaroon: async () => new Uint8Array() }],
  ] as const) {
    const provider = loop(options)
    const seen = await provider.start(wanted()).then(
      () => 'an answer',
      ({ code, details }) => `${code} ${details.reason} ${details.outcome}`,
    )
    if (seen !== `swap.provider-failed ${expected} none`) wrong.push([expected, seen])
    provider.close()
  }
  expect(wrong).toEqual([])
  expect(server.swaps).toEqual([])
})

test('a daemon that is not there has started nothing', async () => {
  const port = await new Promise<number>((resolve) => {
    const free = createServer()
    free.listen(0, '127.0.0.1', () => {
      const { port } = free.address() as { port: number }
      free.close(() => resolve(port))
    })
  })
  await using pair = await startPair({}, { address: `127.0.0.1:${port}` })
  await expect(pair.provider.start(wanted())).rejects.toMatchObject({
    code: 'swap.provider-failed',
    isRetryable: true,
    details: { reason: 'unreachable', outcome: 'none' },
  })
})

test('errors have no credential in them', async () => {
  await using pair = await startPair({ faults: ['macaroon-rejected'] })
  const error = await pair.provider.limits().catch((caught: Error) => caught)
  const text = JSON.stringify(error) + String(error) + String((error as Error).stack)
  expect(text).not.toContain(Buffer.from(pair.server.macaroon).toString('hex'))
})
