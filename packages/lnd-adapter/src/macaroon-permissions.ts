import type { Call } from './call.ts'
import { calls } from './calls.ts'
import { type MacaroonRole, macaroonRoles } from './roles.ts'

/**
 * The permissions to bake a macaroon with, one per call that the roles need and nothing else:
 * `lncli bakemacaroon --root_key_id 7 --save_to shop.macaroon uri:/lnrpc.Lightning/GetInfo …`.
 * Made from the calls in this package's code. Without roles: for all of them.
 */
export function macaroonPermissions(roles: readonly MacaroonRole[] = macaroonRoles): string[] {
  return callsOf(roles)
    .flatMap(({ uri }) => (uri === undefined ? [] : [uri]))
    .sort()
}

/** The calls that at least one of the roles needs. */
export function callsOf(roles: readonly MacaroonRole[]): readonly Call[] {
  const unknown = roles.find((role) => !macaroonRoles.includes(role))
  if (unknown !== undefined) throw new TypeError(`there is no role ${JSON.stringify(unknown)}`)
  return calls.filter((call) => call.roles.some((role) => roles.includes(role)))
}
