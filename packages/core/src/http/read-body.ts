import type { Response } from 'undici'
import type { PaymentNodeError } from '../errors.ts'
import { failedRequest } from './http-errors.ts'

/**
 * Reads a body as UTF-8 and stops at the bound: what is counted is unpacked, so that a small answer
 * cannot become a large one.
 */
export async function readBody(
  host: string,
  { body, headers }: Response,
  maximumBytes: number,
): Promise<string> {
  if (Number(headers.get('content-length')) > maximumBytes) {
    await body?.cancel()
    throw tooLarge(host, maximumBytes)
  }
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    // Leaving the loop closes the connection.
    if (bytes > maximumBytes) throw tooLarge(host, maximumBytes)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function tooLarge(host: string, bytes: number): PaymentNodeError<'http.failed'> {
  return failedRequest(host, 'body-too-large', `its answer exceeds ${bytes} bytes`, 'unknown')
}
