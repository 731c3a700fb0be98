import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { calls } from '../src/calls.ts'
import { descriptor } from '../src/generated/descriptor.ts'
import { type MacaroonRole, macaroonPermissions, macaroonRoles } from '../src/index.ts'

const table: Readonly<Record<string, string>> = {
  'uri:/chainrpc.ChainNotifier/RegisterConfirmationsNtfn': 'swaps',
  'uri:/chainrpc.ChainNotifier/RegisterSpendNtfn': 'swaps',
  'uri:/invoicesrpc.Invoices/CancelInvoice': 'receive',
  'uri:/lnrpc.Lightning/AbandonChannel': 'channels',
  'uri:/lnrpc.Lightning/AddInvoice': 'receive',
  'uri:/lnrpc.Lightning/CheckMacaroonPermissions': 'readonly receive pay channels onchain swaps',
  'uri:/lnrpc.Lightning/CloseChannel': 'channels',
  'uri:/lnrpc.Lightning/ClosedChannels': 'readonly receive channels',
  'uri:/lnrpc.Lightning/ConnectPeer': 'channels',
  'uri:/lnrpc.Lightning/DecodePayReq': 'readonly receive pay',
  'uri:/lnrpc.Lightning/ExportAllChannelBackups': 'readonly channels',
  'uri:/lnrpc.Lightning/ForwardingHistory': 'readonly channels',
  'uri:/lnrpc.Lightning/GetChanInfo': 'readonly channels',
  'uri:/lnrpc.Lightning/GetInfo': 'readonly receive pay channels onchain swaps',
  'uri:/lnrpc.Lightning/GetNodeInfo': 'readonly channels',
  'uri:/lnrpc.Lightning/GetTransactions': 'readonly onchain',
  'uri:/lnrpc.Lightning/ListChannels': 'readonly receive pay channels',
  'uri:/lnrpc.Lightning/ListInvoices': 'readonly receive',
  'uri:/lnrpc.Lightning/ListPayments': 'readonly receive pay',
  'uri:/lnrpc.Lightning/ListPeers': 'readonly channels',
  'uri:/lnrpc.Lightning/LookupInvoice': 'readonly receive',
  'uri:/lnrpc.Lightning/NewAddress': 'onchain',
  'uri:/lnrpc.Lightning/OpenChannelSync': 'channels',
  'uri:/lnrpc.Lightning/PendingChannels': 'readonly receive pay channels',
  'uri:/lnrpc.Lightning/SubscribeChannelBackups': 'readonly channels',
  'uri:/lnrpc.Lightning/SubscribeChannelEvents': 'readonly receive pay channels',
  'uri:/lnrpc.Lightning/SubscribeInvoices': 'readonly receive',
  'uri:/lnrpc.Lightning/UpdateChannelPolicy': 'channels',
  'uri:/lnrpc.Lightning/VerifyChanBackup': 'readonly channels',
  'uri:/lnrpc.Lightning/WalletBalance': 'readonly receive onchain',
  'uri:/routerrpc.Router/SendPaymentV2': 'pay',
  'uri:/routerrpc.Router/TrackPaymentV2': 'readonly pay',
  'uri:/verrpc.Versioner/GetVersion': 'readonly receive pay channels onchain swaps',
  'uri:/walletrpc.WalletKit/EstimateFee': 'readonly onchain',
  'uri:/walletrpc.WalletKit/FinalizePsbt': 'onchain',
  'uri:/walletrpc.WalletKit/FundPsbt': 'onchain',
  'uri:/walletrpc.WalletKit/ListLeases': 'readonly onchain',
  'uri:/walletrpc.WalletKit/ListUnspent': 'readonly onchain',
  'uri:/walletrpc.WalletKit/PublishTransaction': 'onchain',
  'uri:/walletrpc.WalletKit/ReleaseOutput': 'onchain',
  'uri:/walletrpc.WalletKit/RequiredReserve': 'readonly onchain',
}

test('each role lists exactly the calls that it needs', () => {
  for (const role of macaroonRoles) {
    const expected = Object.keys(table).filter((uri) => table[uri]!.split(' ').includes(role))
    expect(macaroonPermissions([role]), role).toEqual(expected)
  }
  expect(macaroonPermissions()).toEqual(Object.keys(table))
  expect(macaroonPermissions(['receive', 'pay'])).toEqual(
    Object.keys(table).filter((uri) => /receive|pay/.test(table[uri]!)),
  )
})

test('no role that only looks can change anything', () => {
  const writes = calls.filter(({ effect }) => effect === 'write').map(({ uri }) => uri)
  expect(writes).toHaveLength(12)
  expect(macaroonPermissions(['readonly']).filter((uri) => writes.includes(uri as never))).toEqual(
    [],
  )
})

test('what starts a payment node opens, closes and publishes nothing', () => {
  const uris = macaroonPermissions(['receive', 'pay'])
  expect(uris.filter((uri) => /Peer|Open|CloseChannel|Abandon|Policy|WalletKit/.test(uri))).toEqual(
    [],
  )
})

test('an unknown role is refused, not ignored', () => {
  expect(() => macaroonPermissions(['admin' as MacaroonRole])).toThrow(/no role "admin"/)
})

test('every method of proto/ is one call with one file, and the other way round', () => {
  const methods = Object.entries(descriptor.nested).flatMap(([name, { nested = {} }]) =>
    Object.entries(nested).flatMap(([service, { methods = {} }]) =>
      Object.keys(methods).map((method) => `/${name}.${service}/${method}`),
    ),
  )
  expect(calls.map(({ path }) => path).sort()).toEqual(methods.sort())
  const files = readdirSync(new URL('../src/calls/', import.meta.url))
  expect(files).toHaveLength(calls.length)
  for (const { path, uri, roles } of calls) {
    const needsMacaroon = path !== '/lnrpc.State/GetState'
    expect(uri, path).toBe(needsMacaroon ? `uri:${path}` : undefined)
    expect(roles.length > 0, path).toBe(needsMacaroon)
  }
})
