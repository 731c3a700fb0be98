export { copyMemoryData } from './copy-memory-data.ts'
export { type CommitHooks, type MemoryOptions, type MemoryStorage, memory } from './memory.ts'
export { type MemoryData, memoryData } from './memory-data.ts'
