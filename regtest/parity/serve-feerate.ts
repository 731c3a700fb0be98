import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A fee source for LND's `fee.url`: the estimator of a private chain says what its history makes it. */
export interface FeerateServer {
  readonly url: string
  close(): Promise<void>
}

/** Says the same feerate, in sat/vB, for every confirmation target. */
export async function serveFeerate(satPerVbyte: number): Promise<FeerateServer> {
  const satPerKvbyte = satPerVbyte * 1000
  const targets = [1, 2, 3, 6, 12, 36, 144, 504, 1008]
  const answer = JSON.stringify({
    fee_by_block_target: Object.fromEntries(targets.map((target) => [target, satPerKvbyte])),
    min_relay_feerate: 1000,
  })
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/fees.json`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
