import type { Diagnosis } from '@payment-node/core'
import { expect, test } from 'vitest'
import { calls } from '../src/calls.ts'
import { lnd, macaroonPermissions } from '../src/index.ts'
import {
  type FakeLndOptions,
  macaroon,
  refuse,
  requestsOf,
  startFakeLnd,
  startPair,
  type UnaryHandler,
} from './fake-lnd.ts'
import { makeCertificate } from './make-certificate.ts'
import { info } from './samples.ts'

const check = '/lnrpc.Lightning/CheckMacaroonPermissions'
/** As LND does for admin.macaroon. */
const allowAll: UnaryHandler = ({ fullMethod }) => {
  if (fullMethod.endsWith('DoesNotExist')) throw refuse('no permissions found for full method', 2)
  return { valid: true }
}
/** As LND does for a macaroon that was baked for these. */
const checkAgainst =
  (uris: ReadonlySet<string>): UnaryHandler =>
  ({ fullMethod }) => {
    if (!uris.has(`uri:${fullMethod}`)) throw refuse('permission denied', 3)
    return { valid: true }
  }
const point = { funding_txid_str: 'aa', output_index: 0 }

const healthy = {
  '/lnrpc.Lightning/GetInfo': (() => info) as UnaryHandler,
  '/verrpc.Versioner/GetVersion': (() => ({
    build_tags: ['invoicesrpc', 'walletrpc'],
  })) as UnaryHandler,
  [check]: (({ fullMethod }) => {
    if (/BakeMacaroon|DoesNotExist/.test(fullMethod)) throw refuse('permission denied', 3)
    return { valid: true }
  }) as UnaryHandler,
  '/lnrpc.Lightning/ListChannels': (() => ({
    channels: [{ channel_point: 'aa:0' }],
  })) as UnaryHandler,
  '/lnrpc.Lightning/ExportAllChannelBackups': (() => ({
    multi_chan_backup: { multi_chan_backup: Buffer.from('scb'), chan_points: [point] },
  })) as UnaryHandler,
  '/lnrpc.Lightning/VerifyChanBackup': (() => ({ chan_points: ['aa:0'] })) as UnaryHandler,
}

const allReads: NonNullable<FakeLndOptions['answers']> = {
  '/lnrpc.Lightning/SubscribeInvoices': () => new Promise(() => {}),
  '/lnrpc.Lightning/SubscribeChannelEvents': () => new Promise(() => {}),
  '/lnrpc.Lightning/SubscribeChannelBackups': () => new Promise(() => {}),
  '/lnrpc.Lightning/ListInvoices': () => ({}),
  '/lnrpc.Lightning/PendingChannels': () => ({}),
  '/lnrpc.Lightning/ClosedChannels': () => ({}),
  '/lnrpc.Lightning/WalletBalance': () => ({}),
  '/lnrpc.Lightning/ListPeers': () => ({}),
  '/lnrpc.Lightning/GetTransactions': () => ({}),
  '/lnrpc.Lightning/ForwardingHistory': () => ({}),
  '/lnrpc.Lightning/GetNodeInfo': () => {
    throw refuse('pub key hex length')
  },
  '/lnrpc.Lightning/GetChanInfo': () => {
    throw refuse('specify either chan_id or chan_point')
  },
  '/walletrpc.WalletKit/ListUnspent': () => ({}),
  '/walletrpc.WalletKit/RequiredReserve': () => ({}),
  '/walletrpc.WalletKit/EstimateFee': () => {
    throw refuse('confirmation target must be greater than 0')
  },
  '/lnrpc.Lightning/LookupInvoice': () => {
    throw refuse('unable to locate invoice', 5)
  },
  '/lnrpc.Lightning/DecodePayReq': () => {
    throw refuse('invalid bech32 string length 0')
  },
  '/routerrpc.Router/TrackPaymentV2': (_write, { payment_hash }) => {
    if (payment_hash.length !== 32) throw refuse('invalid hash length of 0, want 32')
    throw refuse("payment isn't initiated", 5)
  },
}

async function diagnose(
  answers: Record<string, UnaryHandler>,
  more: object = {},
): Promise<readonly Diagnosis[]> {
  await using pair = await startPair({ ...healthy, ...answers }, more)
  return checked(await pair.node.diagnose!())
}

/** Whatever it says, a problem comes with advice and nothing shows a secret. */
function checked(entries: readonly Diagnosis[]): readonly Diagnosis[] {
  for (const entry of entries) {
    const { check, result, says, advice = '' } = entry
    expect(advice === '', `${check}: ${says}`).toBe(result === 'ok')
    expect(says, check).not.toBe('')
    expect(JSON.stringify(entry)).not.toContain(macaroon.toString('hex'))
  }
  return entries
}

test('a healthy node is all ok', async () => {
  const entries = await diagnose({})
  expect(entries.map(({ check, result }) => `${check} ${result}`)).toEqual([
    'reachable ok',
    'certificate ok',
    'wallet ok',
    'macaroon ok',
    'version ok',
    'network ok',
    'chain ok',
    'graph ok',
    'keysend ok',
    'build ok',
    'permissions ok',
    'privilege ok',
    'backups ok',
  ])
})

test('each problem is found under its own check', async () => {
  const withInfo = (changed: object): Record<string, UnaryHandler> => ({
    '/lnrpc.Lightning/GetInfo': () => ({ ...info, ...changed }),
  })
  const denied: UnaryHandler = () => {
    throw refuse('permission denied')
  }
  const cases: readonly [
    answers: Record<string, UnaryHandler>,
    entry: Partial<Diagnosis>,
    words: RegExp,
  ][] = [
    [
      { '/lnrpc.State/GetState': () => ({ state: 'LOCKED' }) },
      { check: 'wallet', result: 'failed' },
      /locked/,
    ],
    [
      { '/lnrpc.Lightning/GetInfo': denied },
      { check: 'macaroon', result: 'failed' },
      /does not allow/,
    ],
    [withInfo({ version: '0.18.0-beta' }), { check: 'version', result: 'failed' }, /too old/],
    [withInfo({ version: '0.30.0-beta' }), { check: 'version', result: 'warning' }, /newer/],
    [withInfo({ synced_to_chain: false }), { check: 'chain', result: 'failed' }, /Not synced/],
    [withInfo({ synced_to_graph: false }), { check: 'graph', result: 'warning' }, /Not synced/],
    [
      withInfo({ features: { 55: {} } }),
      { check: 'keysend', result: 'warning' },
      /accepts keysend/,
    ],
    [
      { '/verrpc.Versioner/GetVersion': () => ({}) },
      { check: 'build', result: 'failed' },
      /invoicesrpc and walletrpc/,
    ],
    [
      { '/verrpc.Versioner/GetVersion': () => ({ build_tags: ['invoicesrpc'] }) },
      { check: 'build', result: 'failed' },
      /without walletrpc: the on-chain wallet cannot be used/,
    ],
    [
      { '/verrpc.Versioner/GetVersion': denied },
      { check: 'build', result: 'warning' },
      /not known/,
    ],
    [{ [check]: allowAll }, { check: 'privilege', result: 'warning' }, /everything/],
    [
      { '/lnrpc.Lightning/VerifyChanBackup': () => ({}) },
      { check: 'backups', result: 'failed' },
      /does not cover aa:0/,
    ],
    [
      {
        '/lnrpc.Lightning/VerifyChanBackup': () => {
          throw refuse('unable to unpack multi backup')
        },
      },
      { check: 'backups', result: 'failed' },
      /unable to unpack/,
    ],
    [
      { '/lnrpc.Lightning/ExportAllChannelBackups': denied },
      { check: 'backups', result: 'warning' },
      /could not be checked/,
    ],
    [
      {
        '/lnrpc.Lightning/ListChannels': () => ({}),
        '/lnrpc.Lightning/ExportAllChannelBackups': () => ({}),
      },
      { check: 'backups', result: 'ok' },
      /no channels/,
    ],
  ]
  for (const [answers, expected, words] of cases) {
    const found = (await diagnose(answers)).find((entry) => entry.check === expected.check)
    expect(found, `${expected.check} ${words}`).toMatchObject(expected)
    expect(found?.says).toMatch(words)
  }
})

test('what is missing is named with the roles that need it', async () => {
  const entries = await diagnose({
    [check]: ({ fullMethod }) => {
      if (/SendPaymentV2|BakeMacaroon|DoesNotExist/.test(fullMethod))
        throw refuse('permission denied', 3)
      return { valid: true }
    },
  })
  expect(entries.find((entry) => entry.check === 'permissions')).toMatchObject({
    result: 'failed',
    says: 'The macaroon is not enough for pay. It does not allow: uri:/routerrpc.Router/SendPaymentV2 (pay).',
  })
})

test('a macaroon that starts a payment node is told which roles a keeper needs on top', async () => {
  const allowed = new Set(macaroonPermissions(['receive', 'pay']))
  const macaroonFor = { [check]: checkAgainst(allowed) }
  const roles = ['receive', 'pay', 'channels', 'onchain'] as const
  const entries = await diagnose(macaroonFor, { roles })
  const found = entries.find((entry) => entry.check === 'permissions')
  expect(found?.result).toBe('failed')
  expect(found?.says).toMatch(/^The macaroon is not enough for channels, onchain\. /)
  expect(found?.says).toContain('uri:/lnrpc.Lightning/OpenChannelSync (channels)')
  expect(found?.says).toContain('uri:/walletrpc.WalletKit/ListUnspent (readonly, onchain)')
  expect(found?.advice).toContain('receive, pay, channels, onchain')
  const enough = await diagnose(macaroonFor, { roles: ['receive', 'pay'] })
  expect(enough.find((entry) => entry.check === 'permissions')).toMatchObject({ result: 'ok' })
})

test('a build without walletrpc is enough for who needs no wallet', async () => {
  const answers = { '/verrpc.Versioner/GetVersion': () => ({ build_tags: ['invoicesrpc'] }) }
  const entries = await diagnose(answers, { roles: ['receive', 'pay'] })
  expect(entries.find((entry) => entry.check === 'build')).toMatchObject({ result: 'ok' })
})

test('only the wanted roles are checked', async () => {
  const asked: string[] = []
  const entries = await diagnose(
    {
      [check]: ({ fullMethod }) => {
        asked.push(fullMethod)
        if (/BakeMacaroon|DoesNotExist/.test(fullMethod)) throw refuse('permission denied', 3)
        return { valid: true }
      },
    },
    { roles: ['onchain'] },
  )
  expect(asked.sort()).toEqual([
    '/lnrpc.Lightning/BakeMacaroon',
    '/lnrpc.Lightning/DoesNotExist',
    '/lnrpc.Lightning/GetInfo',
    '/lnrpc.Lightning/GetTransactions',
    '/lnrpc.Lightning/NewAddress',
    '/lnrpc.Lightning/WalletBalance',
    '/verrpc.Versioner/GetVersion',
    '/walletrpc.WalletKit/EstimateFee',
    '/walletrpc.WalletKit/FinalizePsbt',
    '/walletrpc.WalletKit/FundPsbt',
    '/walletrpc.WalletKit/ListLeases',
    '/walletrpc.WalletKit/ListUnspent',
    '/walletrpc.WalletKit/PublishTransaction',
    '/walletrpc.WalletKit/ReleaseOutput',
    '/walletrpc.WalletKit/RequiredReserve',
  ])
  expect(entries.some((entry) => entry.check === 'backups')).toBe(false)
})

test('without CheckMacaroonPermissions the calls that only read are tried, and no other', async () => {
  const denied: UnaryHandler = () => {
    throw refuse('permission denied')
  }
  await using pair = await startPair({
    ...healthy,
    ...allReads,
    [check]: denied,
    '/lnrpc.Lightning/ListPayments': denied,
    '/lnrpc.Lightning/SubscribeInvoices': denied,
  })
  const entries = checked(await pair.node.diagnose!())
  const missing = entries.find((entry) => entry.check === 'permissions')?.says
  expect(missing).toContain('uri:/lnrpc.Lightning/ListPayments (readonly, receive, pay)')
  expect(missing).toContain('uri:/lnrpc.Lightning/SubscribeInvoices')
  expect(missing?.match(/uri:/g)).toHaveLength(2)
  const called = pair.server.received.map(({ path }) => path)
  const changing = calls.flatMap(({ path, effect }) => (effect === 'write' ? [path as string] : []))
  expect(called.filter((path) => changing.includes(path))).toEqual([])
  // Neither of these may list what a big node has.
  expect(requestsOf(pair.server, '/lnrpc.Lightning/GetTransactions')).toMatchObject([
    { start_height: 2_147_483_647 },
  ])
  expect(requestsOf(pair.server, '/lnrpc.Lightning/ForwardingHistory')).toMatchObject([
    { num_max_events: 1 },
  ])
})

test('an old LND that finds every macaroon good is not believed', async () => {
  const answers = { ...healthy, ...allReads, [check]: () => ({ valid: true }) }
  await using pair = await startPair(answers, { roles: ['receive'] })
  const entries = checked(await pair.node.diagnose!())
  expect(entries.find((entry) => entry.check === 'permissions')).toMatchObject({
    result: 'warning',
  })
  expect(entries.some((entry) => entry.check === 'privilege')).toBe(false)
})

test('what could not be tried is said', async () => {
  const denied: UnaryHandler = () => {
    throw refuse('permission denied')
  }
  const answers = { ...healthy, ...allReads, [check]: denied }
  await using pair = await startPair(answers, { roles: ['receive'] })
  const entries = checked(await pair.node.diagnose!())
  expect(entries.find((entry) => entry.check === 'permissions')).toEqual({
    check: 'permissions',
    result: 'warning',
    says: 'Not known whether the macaroon allows: uri:/lnrpc.Lightning/AddInvoice, uri:/invoicesrpc.Invoices/CancelInvoice.',
    advice:
      'Allow uri:/lnrpc.Lightning/CheckMacaroonPermissions, and use LND 0.21, to have them checked.',
  })
})

test('without a connection the first entry says why, and nothing throws', async () => {
  await using server = await startFakeLnd({ certificate: await makeCertificate(undefined, 3) })
  const other = await makeCertificate()
  const cases: readonly [more: object, check: string, words: RegExp][] = [
    [{ address: '127.0.0.1:9' }, 'reachable', /ECONNREFUSED/],
    [{ certificate: { path: '/nowhere' } }, 'reachable', /cannot be read \(ENOENT\)/],
    [{ certificate: other.certificate }, 'certificate', /cannot be trusted/],
  ]
  for (const [more, check, words] of cases) {
    const node = lnd(server.options(more))
    const entries = checked(await node.diagnose!())
    expect(entries, check).toMatchObject([{ check, result: 'failed' }])
    expect(entries[0]?.says).toMatch(words)
    await node.close()
  }
  const node = lnd(server.options())
  const found = (await node.diagnose!()).find((entry) => entry.check === 'certificate')
  expect(found).toMatchObject({ result: 'warning' })
  await node.close()
})
