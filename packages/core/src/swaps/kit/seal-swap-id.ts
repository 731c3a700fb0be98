import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Identity } from '../../context.ts'
import { deriveSecret, hex, type PurposeKey } from '../../keys.ts'

const version = 1
const nonceBytes = 12
const idBytes = 16
const tagBytes = 16

/**
 * The swap id for the provider's metadata field, readable only with the swap key: 45 bytes, hex.
 * `nonce` is 12 random bytes, fresh for each call (AES-256-GCM). Whose metadata it is, is told by the
 * preimage: another swap's id does not give the hash in the claim leaf.
 */
export function sealSwapId(
  key: PurposeKey,
  identity: Identity,
  swap: { readonly swapId: string },
  nonce: Uint8Array,
): string {
  if (nonce.length !== nonceBytes) throw new RangeError(`The nonce has ${nonceBytes} bytes.`)
  const id = Buffer.from(swap.swapId, 'hex')
  if (id.length !== idBytes) throw new RangeError('A swap id is 32 hex digits.')
  const cipher = createCipheriv('aes-256-gcm', sealKey(key, identity), nonce)
  const sealed = Buffer.concat([cipher.update(id), cipher.final()])
  return hex(Buffer.concat([Uint8Array.of(version), nonce, sealed, cipher.getAuthTag()]))
}

/** The swap id in a provider's metadata; undefined for what this key did not seal. */
export function openSwapId(
  key: PurposeKey,
  identity: Identity,
  metadata: string,
): string | undefined {
  if (!/^01[0-9a-f]{88}$/.test(metadata)) return undefined
  const bytes = Buffer.from(metadata, 'hex')
  const id = bytes.subarray(1 + nonceBytes, -tagBytes)
  const nonce = bytes.subarray(1, 1 + nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', sealKey(key, identity), nonce, {
    authTagLength: tagBytes,
  })
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  try {
    return hex(Buffer.concat([decipher.update(id), decipher.final()]))
  } catch {
    return undefined
  }
}

function sealKey(key: PurposeKey, { network, publicKey }: Identity): Uint8Array {
  return deriveSecret(key.secret, `v1/swap-metadata/${network}/${publicKey}`, '')
}
