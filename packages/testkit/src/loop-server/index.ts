export { type LoopFault, loopFaults } from './faults.ts'
export { type LoopServer, type LoopServerOptions, startLoopServer } from './loop-server.ts'
export type { LoopSwap } from './loop-swap.ts'
export type { LoopTerms } from './start-swap.ts'
