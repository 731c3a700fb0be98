export type { BoltzAnswer, BoltzRequest } from './answer-request.ts'
export {
  type BoltzEnvironment,
  type BoltzPlace,
  boltzEnvironment,
} from './boltz-environment.ts'
export { type BoltzHttpOptions, boltzHttp } from './boltz-http.ts'
export * from './create-boltz-server.ts'
export * from './faults.ts'
export { judgeTaprootSpending } from './judge-spending.ts'
export type { BoltzAddress } from './listen.ts'
export { createMusigSigner, type MusigSignerOptions } from './musig-signer.ts'
export type * from './ports.ts'
export { providerWithoutSocket } from './provider-without-socket.ts'
export type {
  BoltzClaimRequest,
  BoltzLockup,
  BoltzSettings,
  BoltzSwap,
} from './server-context.ts'
export {
  type SimulatedChainOptions,
  simulatedChain,
  simulatedLightning,
} from './simulated-backend.ts'
export type { SwapTree, ToldLeaf } from './swap-tree.ts'
export type { BoltzListener, BoltzSubscription } from './updates.ts'
