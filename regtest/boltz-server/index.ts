export { btcdChain } from './btcd-chain.ts'
export { buildSigner } from './build-signer.ts'
export { type GoSigner, startGoSigner } from './go-signer.ts'
export { lndLightning } from './lnd-lightning.ts'
export {
  type RegtestBoltzServer,
  type RegtestBoltzServerOptions,
  startBoltzServer,
} from './start-boltz-server.ts'
