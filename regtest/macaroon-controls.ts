import type { NodeConnection } from './node-controls.ts'

/** Macaroons of a node. */
export interface MacaroonControls {
  /**
   * Bakes a macaroon for a list of RPCs such as `/lnrpc.Lightning/GetInfo`, under its own root key
   * id; returns it as hex.
   */
  bakeMacaroon(uris: readonly string[], rootKeyId: bigint | number): Promise<string>
  /** Deletes a root key id, which ends every macaroon baked under it. */
  deleteMacaroonId(rootKeyId: bigint | number): Promise<void>
}

export function createMacaroonControls({ rpc }: NodeConnection): MacaroonControls {
  return {
    bakeMacaroon: async (uris, rootKeyId) => {
      const permissions = uris.map((uri) => ({ entity: 'uri', action: uri }))
      const request = { permissions, root_key_id: String(rootKeyId) }
      return (await rpc<{ macaroon: string }>('lnrpc.Lightning', 'BakeMacaroon', request)).macaroon
    },
    deleteMacaroonId: async (rootKeyId) => {
      const request = { root_key_id: String(rootKeyId) }
      const reply = await rpc<{ deleted: boolean }>('lnrpc.Lightning', 'DeleteMacaroonID', request)
      if (!reply.deleted) throw new Error(`LND has no macaroon root key ${rootKeyId}`)
    },
  }
}
