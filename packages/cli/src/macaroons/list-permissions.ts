import type { MacaroonRole, macaroonPermissions } from '@payment-node/lnd-adapter'

/** What a macaroon for these roles allows, as `--json` prints it. */
export interface PermissionList {
  readonly command: 'macaroons'
  readonly roles: readonly MacaroonRole[]
  readonly permissions: readonly Permission[]
  readonly rootKeyId: string
  /** The command that bakes it, on the machine of LND. */
  readonly bake: string
  /** The command that ends every macaroon of this root key. */
  readonly revoke: string
}

export interface Permission {
  /** `uri:/lnrpc.Lightning/GetInfo` */
  readonly uri: string
  /** Which of the asked roles need it. */
  readonly roles: readonly MacaroonRole[]
}

/** What the command is made from. */
export interface BakeOptions {
  /** The adapter's, which is loaded only when it is needed. */
  readonly permissionsOf: typeof macaroonPermissions
  /** LND's `root_key_id`. */
  readonly rootKeyId: string
  readonly saveTo: string
}

/** The union of what the roles need, from the calls in the adapter's code. */
export function listPermissions(
  roles: readonly MacaroonRole[],
  { permissionsOf, rootKeyId, saveTo }: BakeOptions,
): PermissionList {
  const asked = [...new Set(roles)]
  const needs = asked.map((role) => ({ role, uris: new Set(permissionsOf([role])) }))
  const permissions = permissionsOf(asked).map((uri) => ({
    uri,
    roles: needs.filter(({ uris }) => uris.has(uri)).map(({ role }) => role),
  }))
  const uris = permissions.map(({ uri }) => uri)
  return {
    command: 'macaroons',
    roles: asked,
    permissions,
    rootKeyId,
    bake: `lncli bakemacaroon --root_key_id ${rootKeyId} --save_to ${quote(saveTo)} ${uris.join(' ')}`,
    revoke: `lncli deletemacaroonid ${rootKeyId}`,
  }
}

/** For a POSIX shell. */
function quote(word: string): string {
  return /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
