import type { ClaimSignature, ClaimSignatureRequest } from '@payment-node/core'
import { recordOf, textOf } from './answer-fields.ts'
import type { Server } from './server.ts'
import { requireId } from './status-book.ts'

const largestAnswer = 4096

/** `POST /swap/reverse/{id}/claim`: the server takes the payment with the preimage, and then signs, or not. */
export async function requestSignature(
  server: Server,
  request: ClaimSignatureRequest,
  signal: AbortSignal | undefined,
): Promise<ClaimSignature> {
  const { providerId, inputIndex, transaction, preimage, publicNonce } = request
  requireId(server, providerId)
  return server.ask({
    method: 'POST',
    path: `/swap/reverse/${providerId}/claim`,
    body: { index: inputIndex, transaction, preimage, pubNonce: publicNonce },
    maximumBytes: largestAnswer,
    isChange: true,
    isSecret: true,
    signal,
    read: readSignature,
  })
}

function readSignature(answer: unknown): ClaimSignature {
  const { pubNonce, partialSignature } = recordOf(answer, 'the answer')
  return {
    publicNonce: textOf(pubNonce, 'pubNonce', /^[0-9a-f]{132}$/i, 132).toLowerCase(),
    partialSignature: textOf(
      partialSignature,
      'partialSignature',
      /^[0-9a-f]{64}$/i,
      64,
    ).toLowerCase(),
  }
}
