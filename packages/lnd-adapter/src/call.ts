import type { Methods } from './generated/messages.ts'
import type { MacaroonRole } from './roles.ts'

/** Full name of a method: `/lnrpc.Lightning/GetInfo`. */
export type MethodPath = keyof Methods & string
export type UnaryPath = {
  [P in MethodPath]: Methods[P]['isStream'] extends true ? never : P
}[MethodPath]
export type StreamPath = Exclude<MethodPath, UnaryPath>
export type RequestOf<P extends MethodPath> = Methods[P]['request']
export type ReplyOf<P extends MethodPath> = Methods[P]['reply']

/** One LND call as data: errors, deadlines and macaroon permissions follow from it. */
export interface Call<P extends MethodPath = MethodPath> {
  readonly path: P
  /** The macaroon permission that allows exactly this call; absent when LND asks for no macaroon. */
  readonly uri?: `uri:${P}`
  /** Who needs it. Empty when LND asks for no macaroon. */
  readonly roles: readonly MacaroonRole[]
  /** `read`: nothing changes, whatever becomes of the reply. */
  readonly effect: 'read' | 'write'
  /**
   * What LND's refusal in words that this package does not know means. `refused`: nothing happened.
   * `unknown`: it may have happened. `malformed`: the invoice text cannot be read.
   */
  readonly otherRefusals: 'refused' | 'unknown' | 'malformed'
  /** LND asks another node before it answers, so it gets longer. */
  readonly waitsForPeer?: true
}
