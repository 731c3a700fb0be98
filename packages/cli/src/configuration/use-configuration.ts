import { dirname } from 'node:path'
import type { PaymentNodeOptions } from '@payment-node/core'
import { findConfiguration } from './find-configuration.ts'
import { loadConfiguration } from './load-configuration.ts'

/** Where the file is looked for. */
export interface ConfigurationPlace {
  readonly cwd: string
  /** `--config` */
  readonly given: string | undefined
}

/** What came of it, or the file that cannot be used (null: there is none) and why. */
export type Used<R> =
  | { readonly result: R }
  | { readonly path: string | null; readonly refusal: unknown }

/**
 * Finds and loads the host's configuration and works with it, in its folder, so that the relative
 * paths in it mean the same from everywhere.
 */
export async function useConfiguration<R>(
  { cwd, given }: ConfigurationPlace,
  work: (path: string, options: PaymentNodeOptions) => Promise<R>,
): Promise<Used<R>> {
  const before = process.cwd()
  let path: string | null = null
  try {
    let options: PaymentNodeOptions
    try {
      path = findConfiguration(cwd, given)
      process.chdir(dirname(path))
      options = await loadConfiguration(path)
    } catch (refusal) {
      return { path, refusal }
    }
    return { result: await work(path, options) }
  } finally {
    process.chdir(before)
  }
}
