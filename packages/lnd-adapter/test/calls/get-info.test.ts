import { expect, test } from 'vitest'
import { errorOf } from '../collect.ts'
import { requestsOf, startPair } from '../fake-lnd.ts'
import { info } from '../samples.ts'

test('versions before 0.19 are refused, later ones than 0.21 get a warning', async () => {
  let version = ''
  await using pair = await startPair({ '/lnrpc.Lightning/GetInfo': () => ({ ...info, version }) })
  const cases: readonly [version: string, verdict: 'ok' | 'warning' | 'unsupported'][] = [
    ['0.18.5-beta commit=v0.18.5-beta', 'unsupported'],
    ['0.9.0-beta', 'unsupported'],
    ['0.19.0-beta.rc1', 'ok'],
    ['0.19.3-beta commit=v0.19.3-beta', 'ok'],
    ['0.20.3-beta', 'ok'],
    ['0.21.2-beta commit=', 'ok'],
    ['v0.21.9-beta', 'ok'],
    ['0.22.0-beta', 'warning'],
    ['1.0.0', 'warning'],
    ['a fork', 'warning'],
    ['', 'warning'],
  ]
  for (const [given, verdict] of cases) {
    version = given
    if (verdict === 'unsupported') {
      expect(await errorOf(pair.node.getInfo()), given).toMatchObject({
        code: 'node.version-unsupported',
        isRetryable: false,
        details: { version: given, oldest: '0.19.0' },
      })
    } else {
      const found = await pair.node.getInfo()
      expect(found.version, given).toBe(given)
      expect('versionWarning' in found, given).toBe(verdict === 'warning')
    }
  }
})

test('what the node says of itself', async () => {
  await using pair = await startPair({
    '/lnrpc.Lightning/GetInfo': () => ({
      ...info,
      synced_to_graph: false,
      features: { 55: { name: 'keysend' }, 30: { name: 'amp' } },
    }),
  })
  expect(await pair.node.getInfo()).toEqual({
    publicKey: info.identity_pubkey,
    alias: 'alice',
    network: 'regtest',
    version: info.version,
    blockHeight: 800_000,
    isSyncedToChain: true,
    isSyncedToGraph: false,
    acceptsKeysend: true,
  })
})

test('in every state but the last LND is unavailable, with the reason, and is asked nothing else', async () => {
  let state: string | number = ''
  await using pair = await startPair({
    '/lnrpc.State/GetState': () => ({ state }),
    '/lnrpc.Lightning/GetInfo': () => info,
  })
  const cases: readonly [state: string | number, reason: string][] = [
    ['NON_EXISTING', 'wallet-missing'],
    ['LOCKED', 'locked'],
    ['UNLOCKED', 'starting'],
    ['RPC_ACTIVE', 'starting'],
    ['WAITING_TO_START', 'waiting-to-start'],
    [77, 'starting'],
  ]
  for (const [given, reason] of cases) {
    state = given
    const error = await errorOf(pair.node.getInfo())
    expect(error, String(given)).toMatchObject({
      code: 'node.unavailable',
      details: { reason, outcome: 'none' },
    })
    expect(error.advice, String(given)).not.toBe('')
  }
  expect(requestsOf(pair.server, '/lnrpc.Lightning/GetInfo')).toEqual([])
})
