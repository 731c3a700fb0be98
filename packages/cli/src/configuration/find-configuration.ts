import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { refuseConfiguration } from './refuse-configuration.ts'

/** In this order, when a folder has several. */
const names = ['payment-node.config.ts', 'payment-node.config.js', 'payment-node.config.mjs']

/**
 * The path of the host's configuration file: `given`, or the nearest one from `cwd` upwards.
 * Throws `options.invalid`.
 */
export function findConfiguration(cwd: string, given: string | undefined): string {
  if (given !== undefined) {
    const path = resolve(cwd, given)
    if (isFile(path)) return path
    throw refuseConfiguration('not-found', `There is no file ${path}.`, 'Check --config.')
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).find(isFile)
    if (found !== undefined) return found
    if (folder === dirname(folder)) break
  }
  throw refuseConfiguration(
    'not-found',
    `There is no payment-node.config.ts (.js, .mjs) in ${cwd} or any folder above it.`,
    'Write one, and let the server read it too; or name it with --config.',
  )
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
