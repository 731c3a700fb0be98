import { pathToFileURL } from 'node:url'
import { createPaymentNode, type PaymentNodeOptions } from '@payment-node/core'
import { describeError } from '../terminal/describe-error.ts'
import { refuseConfiguration } from './refuse-configuration.ts'

/** In this order, when a file exports several. */
const exportNames = ['default', 'options', 'node'] as const

/**
 * The host's options from its own configuration file, checked as `createPaymentNode` checks them.
 * Throws `options.invalid`, naming the file. `typescript` is what this Node makes of TypeScript.
 */
export async function loadConfiguration(
  path: string,
  typescript: unknown = process.features.typescript,
): Promise<PaymentNodeOptions> {
  if (path.endsWith('.ts') && !typescript) throw noTypescript(path)
  const exported = await importConfiguration(path)
  const found = exportNames.map((name) => exported[name]).filter((value) => value !== undefined)
  const chosen = found.find((value) => typeof value === 'function' || isOptions(value)) ?? found[0]
  if (chosen === undefined) {
    throw refuseConfiguration(
      'no-export',
      `${path} exports nothing named ${exportNames.join(', ')}.`,
      'Export the options of createPaymentNode as default.',
    )
  }
  const options = typeof chosen === 'function' ? await call(path, chosen as () => unknown) : chosen
  if (isPaymentNode(options)) {
    throw refuseConfiguration(
      'created-already',
      `${path} exports a payment node that was created already.`,
      'Export its options, and call createPaymentNode(options) where the server starts.',
    )
  }
  try {
    createPaymentNode(options as PaymentNodeOptions)
  } catch (cause) {
    const { says, advice } = describeError(cause)
    throw refuseConfiguration('options', `${path}: ${says}`, advice ?? 'Compare with this:', cause)
  }
  return options as PaymentNodeOptions
}

async function importConfiguration(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (cause) {
    const { says, advice } = describeError(cause)
    throw refuseConfiguration(
      'not-loadable',
      `${path} cannot be loaded: ${says}`,
      advice ?? 'Mend what it names; the server would not start with it either.',
      cause,
    )
  }
}

async function call(path: string, make: () => unknown): Promise<unknown> {
  try {
    return await make()
  } catch (cause) {
    const { says, advice } = describeError(cause)
    throw refuseConfiguration(
      'function-failed',
      `The function that ${path} exports failed: ${says}`,
      advice ?? 'It is called without parameters and returns the options of createPaymentNode.',
      cause,
    )
  }
}

function isOptions(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'lightning' in value
}

function isPaymentNode(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'start' in value && 'handle' in value
}

function noTypescript(path: string): Error {
  return refuseConfiguration(
    'typescript',
    `${path} is TypeScript, which Node ${process.versions.node} reads only when it is told to.`,
    'Use Node 22.18 or newer, or set NODE_OPTIONS=--experimental-strip-types, or write a .mjs file.',
  )
}
