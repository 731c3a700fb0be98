export { type LoopProvider, loop } from './loop.ts'
export type { CredentialSource, LoopOptions } from './options.ts'
