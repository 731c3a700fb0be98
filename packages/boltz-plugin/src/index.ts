export { boltz } from './boltz.ts'
export type { BoltzOptions } from './options.ts'
