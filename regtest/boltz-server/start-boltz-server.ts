import {
  type BoltzAddress,
  type BoltzServer,
  type BoltzServerOptions,
  createBoltzServer,
} from '@payment-node/testkit/boltz-server'
import type { RegtestNode } from '../node-controls.ts'
import { btcdChain } from './btcd-chain.ts'
import { startGoSigner } from './go-signer.ts'
import { lndLightning } from './lnd-lightning.ts'

/** Options of {@link startBoltzServer}. */
export interface RegtestBoltzServerOptions
  extends Pick<BoltzServerOptions, 'faults' | 'settings' | 'random'> {
  /** The server's LND: its wallet pays the lockups, so it needs confirmed coins (`node.fund`). */
  readonly node: RegtestNode
  /** The client's LND, for the fault `invoice-own-node`. */
  readonly clientNode?: RegtestNode
}

/** A server on real LND and btcd, with btcd's own MuSig2. */
export interface RegtestBoltzServer extends BoltzServer, AsyncDisposable {
  readonly address: BoltzAddress
}

/** Starts the server on 127.0.0.1, on a free port. */
export async function startBoltzServer(
  options: RegtestBoltzServerOptions,
): Promise<RegtestBoltzServer> {
  const { node, clientNode, ...shared } = options
  const signer = await startGoSigner()
  const server = createBoltzServer({
    ...shared,
    lightning: lndLightning(node),
    ...(clientNode && { clientLightning: lndLightning(clientNode) }),
    chain: btcdChain(node),
    signer,
  })
  const address = await server.listen()
  const closeServer = server.close
  const close = async (): Promise<void> => {
    await closeServer()
    await signer[Symbol.asyncDispose]()
  }
  return Object.assign(server, { address, close, [Symbol.asyncDispose]: close })
}
