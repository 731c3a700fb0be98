import type { BoltzServer } from '@payment-node/testkit/boltz-server'
import {
  type Ask,
  ask,
  type ClientSwap,
} from '../../../packages/testkit/test/boltz-server/small-client.ts'
import type { RegtestBoltzServer } from '../../boltz-server/index.ts'
import { waitUntil } from '../../wait-until.ts'

/** A P2WPKH script of nobody. */
export const destination: Buffer = Buffer.concat([Buffer.from([0, 20]), Buffer.alloc(20, 7)])

/** Asks the server over HTTP. */
export function overHttp({ address }: RegtestBoltzServer): Ask {
  return async ({ method, path, body }) => {
    const url = `http://${address.host}${path}`
    const response = await fetch(url, { method, ...(body !== undefined && { body }) })
    return { kind: 'answer', status: response.status, headers: {}, body: await response.text() }
  }
}

export async function statusOf(way: Ask, { told }: ClientSwap): Promise<string> {
  return (await ask<{ status: string }>(way, 'GET', `/swap/${told.id}`)).status
}

/** Waits until the swap has the status; the error shows what went wrong inside of the server. */
export function waitForStatus(
  way: Ask,
  swap: ClientSwap,
  status: string,
  server: BoltzServer,
): Promise<unknown> {
  return waitUntil(`the status ${status}`, async () => (await statusOf(way, swap)) === status, {
    describe: () => JSON.stringify(server.errors.map(String)),
  })
}
