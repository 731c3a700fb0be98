import { macaroonRoles } from '@payment-node/lnd-adapter'
import { expect, test } from 'vitest'
import { calls } from '../../lnd-adapter/src/calls.ts'
import type { PermissionList } from '../src/macaroons/list-permissions.ts'
import { runCommand } from './shop-folder.ts'

async function list(...argv: string[]): Promise<PermissionList> {
  const { exitCode, stdout, stderr } = await runCommand('/', ['macaroons', ...argv, '--json'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return JSON.parse(stdout)
}

test('every call of the adapter that needs a macaroon is listed for a role, and nothing else is', async () => {
  const listed = new Set<string>()
  for (const role of macaroonRoles) {
    for (const { uri, roles } of (await list(role)).permissions) {
      expect(roles).toEqual([role])
      listed.add(uri)
    }
  }
  const called = calls.flatMap(({ uri }) => (uri === undefined ? [] : [uri]))
  expect(called.length).toBeGreaterThan(0)
  expect([...listed].sort()).toEqual([...called].sort())
})

test('only the role onchain may make transactions, and no role may send, sign anything, or make macaroons', async () => {
  const dangerous =
    /SendCoins|SendMany|SendOutputs|Sign|BumpFee|LeaseOutput|Macaroon(?!Permissions$)|Restore|Delete|StopDaemon|Debug|Unlock|ChangePassword|SendToRoute|SendCustom|Interceptor|HtlcModifier|Tower|ListMacaroonIDs/
  const { permissions } = await list(...macaroonRoles)
  expect(permissions.filter(({ uri }) => dangerous.test(uri))).toEqual([])
  const making = permissions.filter(({ uri }) => /Fund|Finalize|Publish/.test(uri))
  expect(making.map(({ roles }) => roles)).toEqual(making.map(() => ['onchain']))
  expect(making.length).toBe(3)
  // The permission to bake by entity instead of by call.
  expect(permissions.filter(({ uri }) => !/^uri:\/\w+\.\w+\/\w+$/.test(uri))).toEqual([])
})

test('what changes anything belongs to one role each', async () => {
  const changing = calls.filter(({ effect }) => effect === 'write').map(({ uri }) => uri)
  const { permissions } = await list(...macaroonRoles)
  const rolesOf = Object.fromEntries(
    permissions
      .filter(({ uri }) => changing.includes(uri as never))
      .map((one) => [one.uri, one.roles]),
  )
  expect(rolesOf).toEqual({
    'uri:/lnrpc.Lightning/AddInvoice': ['receive'],
    'uri:/invoicesrpc.Invoices/CancelInvoice': ['receive'],
    'uri:/routerrpc.Router/SendPaymentV2': ['pay'],
    'uri:/lnrpc.Lightning/ConnectPeer': ['channels'],
    'uri:/lnrpc.Lightning/OpenChannelSync': ['channels'],
    'uri:/lnrpc.Lightning/CloseChannel': ['channels'],
    'uri:/lnrpc.Lightning/AbandonChannel': ['channels'],
    'uri:/lnrpc.Lightning/UpdateChannelPolicy': ['channels'],
    'uri:/lnrpc.Lightning/NewAddress': ['onchain'],
    'uri:/walletrpc.WalletKit/FundPsbt': ['onchain'],
    'uri:/walletrpc.WalletKit/ReleaseOutput': ['onchain'],
    'uri:/walletrpc.WalletKit/PublishTransaction': ['onchain'],
  })
})

test('several roles give their union, once, and one command that bakes it', async () => {
  const [receive, pay, both] = [
    await list('receive'),
    await list('pay'),
    await list('pay', 'receive', 'pay', '--root-key-id', '42', '--save-to', "it's mine.macaroon"),
  ]
  const uris = (from: PermissionList): string[] => from.permissions.map(({ uri }) => uri)
  expect(uris(both)).toEqual([...new Set([...uris(receive), ...uris(pay)])].sort())
  expect(both.roles).toEqual(['pay', 'receive'])
  const getInfo = both.permissions.find(({ uri }) => uri === 'uri:/lnrpc.Lightning/GetInfo')
  expect(getInfo?.roles).toEqual(['pay', 'receive'])
  expect(both.bake).toBe(
    `lncli bakemacaroon --root_key_id 42 --save_to 'it'\\''s mine.macaroon' ${uris(both).join(' ')}`,
  )
  expect(both.revoke).toBe('lncli deletemacaroonid 42')
})

test('what people see fits 80 columns, and its command is the one of --json', async () => {
  const { stdout } = await runCommand('/', ['macaroons', ...macaroonRoles])
  expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([])
  const { bake, permissions } = await list(...macaroonRoles)
  const shown = stdout.slice(stdout.indexOf('lncli bakemacaroon'))
  const command = shown.slice(0, shown.indexOf('\n\n')).replace(/ \\\n\s+/g, ' ')
  expect(command).toBe(bake)
  expect(permissions.filter(({ uri }) => !stdout.includes(`  ${uri}  `))).toEqual([])
  expect(stdout).toContain('root_key_id 7')
})

test('a wrong role and a root key that cannot be one are refused', async () => {
  const refused: Record<string, string> = {}
  for (const argv of [
    'recieve',
    'pay --root-key-id 0',
    'pay --root-key-id 18446744073709551616',
    '',
  ]) {
    const { exitCode, stderr } = await runCommand(
      '/',
      ['macaroons', ...argv.split(' ')].filter(Boolean),
    )
    expect(exitCode, argv).toBe(2)
    refused[argv] = stderr
  }
  expect(refused.recieve).toContain('readonly, receive, pay, channels, onchain, swaps')
  expect(refused['pay --root-key-id 0']).toContain('1 to 18446744073709551615')
  expect(refused['pay --root-key-id 18446744073709551616']).toContain('1 to 18446744073709551615')
  expect(refused['']).toContain("'roles'")
})
