import { readFile } from 'node:fs/promises'
import type { CredentialSource, ReadOptions } from './options.ts'
import { failed } from './provider-failed.ts'

/** What authenticates loopd to us and us to loopd. Never logged, never part of an error. */
export interface Credentials {
  /** PEM. */
  readonly certificate: Buffer
  readonly macaroon: Buffer
}

/** Reads both from where they are now. */
export async function readCredentials(options: ReadOptions): Promise<Credentials> {
  const [certificate, macaroon] = await Promise.all([
    read(options, 'certificate'),
    read(options, 'macaroon'),
  ])
  return { certificate, macaroon }
}

async function read(options: ReadOptions, field: 'certificate' | 'macaroon'): Promise<Buffer> {
  const source: CredentialSource = options[field]
  if (source instanceof Uint8Array) return Buffer.from(source)
  if (typeof source === 'object' && 'hex' in source) return Buffer.from(source.hex, 'hex')
  const where = typeof source === 'object' ? ` at ${source.path}` : ''
  const says = `loopd's ${field}${where} cannot be read.`
  try {
    const bytes = typeof source === 'function' ? await source() : await readFile(source.path)
    if (bytes instanceof Uint8Array && bytes.length > 0) return Buffer.from(bytes)
  } catch (cause) {
    throw failed(options.name, 'credentials-unreadable', 'none', says, cause)
  }
  throw failed(options.name, 'credentials-unreadable', 'none', says)
}
