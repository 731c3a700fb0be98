import { constants } from 'node:fs'
import { access, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type IntentCounter, isCount, refuseCounter } from './intent-counter.ts'

/**
 * The counter of outgoing intents in a file of its own: a number and a line feed. Each write is durable
 * and replaces the whole file, so that a crash leaves the old number or the new one. A file that cannot
 * be read, or holds something else, is refused at the start with `options.invalid`.
 *
 * @example
 * ```ts
 * import { counterFile, type PaymentNodeOptions } from '@payment-node/core'
 *
 * // Not on the volume that is restored together with the database.
 * export const safe: Partial<PaymentNodeOptions> = {
 *   intentCounter: counterFile('/var/lib/payment-node/payments.counter'),
 * }
 * ```
 */
export function counterFile(path: string): IntentCounter {
  const read = async (): Promise<number | undefined> => {
    const text = await readText(path)
    if (text === undefined) return undefined
    const count = /^(0|[1-9][0-9]{0,15})\n?$/.test(text) ? Number(text) : undefined
    if (isCount(count)) return count
    throw refuseCounter(
      'malformed',
      `intentCounter: ${path} does not hold a number.`,
      'Restore its last content; or remove it, and what LND has paid will be asked about once.',
    )
  }
  return {
    read,
    async write(count) {
      // A process that slept must not take back what its successor has written.
      const written = await read()
      if (written !== undefined && written >= count) return
      const next = `${path}.${process.pid}.new`
      const file = await open(next, 'w', 0o600)
      try {
        await file.writeFile(`${count}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(next, path)
      await syncFolder(dirname(path))
    },
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(path, cause)
  }
  try {
    await access(dirname(path), constants.W_OK)
    return undefined
  } catch (cause) {
    throw unreadable(dirname(path), cause)
  }
}

function unreadable(path: string, cause: unknown): Error {
  const says = cause instanceof Error ? cause.message : String(cause)
  return refuseCounter(
    'unreadable',
    `intentCounter: ${path} cannot be used: ${says}.`,
    'Make the folder, and let this process read and write there.',
    cause,
  )
}

/** So that the new name survives a power loss. Windows has no such call, and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
