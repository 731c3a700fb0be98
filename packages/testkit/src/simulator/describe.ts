import type { Change, Committed, Refused, Write } from '@payment-node/core'
import { PaymentNodeError } from '@payment-node/core'
import type { Step } from './steps.ts'

/** A step as a line of the trace. */
export function describeStep({ process, name, parameters, result }: Step): string {
  // What a commit holds is its own line; claims and leases come every second.
  if (name.startsWith('storage.')) {
    return result instanceof Error
      ? `${process} ${name} -> ${describe(result)}`
      : `${process} ${name}${result === undefined ? '' : ' -> something'}`
  }
  const said = describeAll(parameters)
  return result === undefined
    ? `${process} ${name} ${said}`
    : `${process} ${name} ${said} -> ${describeResult(name, result)}`
}

/** Long lists come with every look at LND: their number says enough. */
function describeResult(name: string, result: unknown): string {
  const isList = Array.isArray(result) && name.endsWith('/reply')
  return isList ? `${result.length} items` : describe(result)
}

/** A commit as a line of the trace. */
export function describeChange(
  process: string,
  { writes, events = [], fence }: Change,
  result: Committed | Refused,
): string {
  const says = result.committed
    ? 'committed'
    : `refused ${result.reason} ${result.write} ${result.uniqueKey ?? ''}`
  const kinds = events.map(({ type, subject }) => `${type} ${subject}`)
  return `${process} commit${fence ? ` e${fence.epoch}` : ''} ${says}: ${writes.map(describeWrite).join('; ')} | ${kinds.join('; ')}`
}

function describeWrite(write: Write): string {
  const name = `${write.op} ${(write.table as { name: string }).name}`
  switch (write.op) {
    case 'insert':
      return `${name} ${describe(write.row)}`
    case 'update':
      return `${name} ${write.key.join('/')}@${write.revision} ${describe(write.set)}`
    case 'add':
      return `${name} ${write.key.join('/')} ${write.by}`
    default:
      return `${name} ${write.key.join('/')}@${write.revision}`
  }
}

function describeAll(parameters: readonly unknown[]): string {
  return parameters
    .filter((parameter) => !(parameter instanceof AbortSignal))
    .map((parameter) => describe(parameter))
    .join(' ')
}

/** JSON with bigints; functions and signals left out. */
function describe(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Error) return PaymentNodeError.is(value) ? value.code : value.message
  return JSON.stringify(value, replace) ?? ''
}

function replace(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (value instanceof AbortSignal) return undefined
  return value
}
