// The smallest receiver: believes only what is signed, does everything once, answers when it is done.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { PaymentNodeError, verifyWebhook, type WebhookEvent } from '@payment-node/core'

const mostBytes = 256 * 1024

export function receiveWebhooks(
  secrets: readonly string[],
  handle: (event: WebhookEvent) => void | Promise<void>,
): Server {
  // Events come at least once. A shop keeps their ids in the database, in the transaction that does the work.
  const handled = new Map<string, Promise<void>>()

  async function handleOnce(event: WebhookEvent): Promise<void> {
    // The same event may come while it is being handled: both wait for the same end.
    const handling = handled.get(event.id) ?? Promise.resolve(event).then(handle)
    handled.set(event.id, handling)
    await handling.catch((error: unknown) => {
      handled.delete(event.id) // It comes again.
      throw error
    })
  }

  return createServer(async (request, response) => {
    try {
      const event = verifyWebhook(secrets, request.headers, await readBody(request))
      await handleOnce(event)
      response.writeHead(204).end()
    } catch (error) {
      const isNotOurs = PaymentNodeError.is(error, 'webhook.signature-invalid')
      if (!isNotOurs) console.error(error)
      response.writeHead(isNotOurs ? 401 : 500).end()
    }
  })
}

/** The raw bytes: what is signed is not what a JSON parser makes of them. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new Error('a body that is no event of ours')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
