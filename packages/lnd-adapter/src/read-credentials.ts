import { readFile } from 'node:fs/promises'
import { PaymentNodeError } from '@payment-node/core'
import type { CredentialSource, ReadOptions } from './options.ts'

/** What authenticates LND to us and us to LND. Never logged, never part of an error. */
export interface Credentials {
  /** PEM. */
  readonly certificate: Buffer
  readonly macaroon: Buffer
}

/** Reads both from where they are now. */
export async function readCredentials(options: ReadOptions): Promise<Credentials> {
  const [certificate, macaroon] = await Promise.all([
    read(options.certificate, 'certificate'),
    read(options.macaroon, 'macaroon'),
  ])
  return { certificate, macaroon }
}

async function read(source: CredentialSource, name: 'certificate' | 'macaroon'): Promise<Buffer> {
  if (source instanceof Uint8Array) return Buffer.from(source)
  if (typeof source === 'object' && 'hex' in source) return Buffer.from(source.hex, 'hex')
  try {
    const bytes = typeof source === 'function' ? await source() : await readFile(source.path)
    if (bytes instanceof Uint8Array && bytes.length > 0) return Buffer.from(bytes)
  } catch (cause) {
    throw unreadable(source, name, 'cannot be read', cause)
  }
  throw unreadable(source, name, 'is empty')
}

/** Retryable: LND writes these files at its first start, and a secret store may be down. */
function unreadable(
  source: CredentialSource,
  name: string,
  problem: string,
  cause?: unknown,
): PaymentNodeError<'node.unavailable'> {
  const where = typeof source === 'object' && 'path' in source ? ` at ${source.path}` : ''
  const reason = (cause as NodeJS.ErrnoException | undefined)?.code
  return new PaymentNodeError(
    'node.unavailable',
    `LND's ${name}${where} ${problem}${reason ? ` (${reason})` : ''}.`,
    { reason: 'misconfigured', outcome: 'none' },
    { advice: `Check the ${name} option of lnd() and the permissions of what it names.`, cause },
  )
}
