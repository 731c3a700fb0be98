export { lnd } from './lnd.ts'
export { macaroonPermissions } from './macaroon-permissions.ts'
export type { CredentialSource, LndOptions } from './options.ts'
export { type MacaroonRole, macaroonRoles } from './roles.ts'
