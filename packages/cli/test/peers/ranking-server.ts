import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on the loopback interface, and what it was asked for. */
export interface RankingServer extends AsyncDisposable {
  readonly url: string
  readonly asked: readonly string[]
}

export const rankingPath = '/api/v1/lightning/nodes/rankings/connectivity'

/** Answers as `answer` does; the second form gives this text as JSON. */
export async function openServer(answer: RequestListener | string): Promise<RankingServer> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (typeof answer !== 'string') return answer(request, response)
    response.setHeader('content-type', 'application/json').end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
