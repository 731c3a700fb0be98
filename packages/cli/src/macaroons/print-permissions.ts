import { drawTable } from '../terminal/draw-table.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import type { PermissionList } from './list-permissions.ts'

/** What it allows and for whom, the command that bakes it, and how it is revoked. */
export function printPermissions(terminal: Terminal, list: PermissionList): void {
  const { colors, columns, print } = terminal
  const { roles, permissions, bake, revoke, rootKeyId } = list
  const lead = `A macaroon for ${roles.join(', ')} allows these ${permissions.length} calls and no others:`
  for (const line of wrap(lead, columns)) print(line)
  print()
  const room = columns - 4 - Math.max(...permissions.map(({ uri }) => uri.length))
  const rows = permissions.flatMap(({ uri, roles: needing }) => {
    const isForAll = needing.length === roles.length && roles.length > 1
    const lines = isForAll ? ['all'] : wrap(needing.join(' '), room)
    return lines.map((line, index) => [index === 0 ? `  ${uri}` : '', line])
  })
  const titles = [{ title: '  permission' }, { title: 'for' }]
  for (const line of drawTable(titles, rows, colors.dim)) print(line)
  print()
  print("Bake it where LND's own lncli works:")
  print()
  // One word per line after the options, so that it can be read, and copied as one command.
  const uris = permissions.map(({ uri }) => uri)
  const command = bake.slice(0, bake.indexOf(' uri:'))
  for (const [index, line] of [command, ...uris].entries()) {
    const isLast = index === uris.length
    print(colors.bold(`  ${index === 0 ? '' : '  '}${line}${isLast ? '' : ' \\'}`))
  }
  print()
  const word = `Its root_key_id ${rootKeyId} makes it revocable without touching any other macaroon: ${revoke}. Choose a number (--root-key-id) that lncli listmacaroonids does not show; 0 is that of admin.macaroon.`
  for (const line of wrap(word, columns)) print(line)
}
