import { randomInt } from 'node:crypto'
import type { LightningNode } from '@payment-node/core'
import { lnd, type MacaroonRole, macaroonPermissions } from '@payment-node/lnd-adapter'
import type { RegtestNode } from '../../node-controls.ts'

/** What a payment node with a channel keeper needs. */
export const keeperRoles: readonly MacaroonRole[] = ['receive', 'pay', 'channels', 'onchain']

/** The same with swaps. */
export const swapperRoles: readonly MacaroonRole[] = [...keeperRoles, 'swaps']

/** A macaroon for exactly these roles, hex. */
export function bakeFor(node: RegtestNode, roles: readonly MacaroonRole[]): Promise<string> {
  const uris = macaroonPermissions(roles).map((permission) => permission.replace(/^uri:/, ''))
  return node.bakeMacaroon(uris, randomInt(1_000_000, 2 ** 31))
}

/** The adapter on a node, with a macaroon for exactly these roles; `wanted` are what it is used for. */
export async function adapterOf(
  node: RegtestNode,
  roles: readonly MacaroonRole[] = keeperRoles,
  wanted: readonly MacaroonRole[] = roles,
): Promise<LightningNode> {
  return lnd({
    address: node.details.rpcAddress,
    certificate: { path: node.details.certificatePath },
    macaroon: { hex: await bakeFor(node, roles) },
    roles: wanted,
  })
}
