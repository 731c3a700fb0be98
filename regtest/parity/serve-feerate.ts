import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A fee source for LND's `fee.url`: the estimator of a private chain says what its history makes it. */
export interface FeerateServer {
  readonly url: string
  close(): Promise<void>
}

/** The lowest feerate that LND uses, 253 sat per 1000 weight units. */
const satPerKvbyte = 1012

/** Says the lowest feerate for every confirmation target, as an empty mempool does. */
export async function serveFeerate(): Promise<FeerateServer> {
  const targets = [1, 2, 3, 6, 12, 36, 144, 504, 1008]
  const answer = JSON.stringify({
    fee_by_block_target: Object.fromEntries(targets.map((target) => [target, satPerKvbyte])),
    min_relay_feerate: satPerKvbyte,
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
