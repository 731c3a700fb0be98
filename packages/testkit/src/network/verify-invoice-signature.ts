import { createPublicKey, verify } from 'node:crypto'

const charset = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
/** DER up to the key of an uncompressed-or-compressed secp256k1 SubjectPublicKeyInfo (RFC 5480). */
const publicKeyHeader = Buffer.from('3036301006072a8648ce3d020106052b8104000a032200', 'hex')

/**
 * A second opinion by another library (OpenSSL): this key really signed this text (BOLT11), so that
 * an error in the decoder's curve arithmetic cannot pass. `text` is lower case.
 */
export function isSignedBy(text: string, signature: string, publicKey: string): boolean {
  const separator = text.lastIndexOf('1')
  const data = text.slice(separator + 1, -(6 + 104))
  const bytes: number[] = []
  let value = 0
  let bits = 0
  for (const letter of data) {
    value = ((value << 5) | charset.indexOf(letter)) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((value >> bits) & 0xff)
    }
  }
  if (bits > 0) bytes.push((value << (8 - bits)) & 0xff)
  const signed = Buffer.concat([Buffer.from(text.slice(0, separator)), Buffer.from(bytes)])
  const key = createPublicKey({
    key: Buffer.concat([publicKeyHeader, Buffer.from(publicKey, 'hex')]),
    format: 'der',
    type: 'spki',
  })
  return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'hex'))
}
