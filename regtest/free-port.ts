import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { workerNumber } from './worker-number.ts'

const given = new Set<number>()

/**
 * A TCP port of 127.0.0.1 that is free now and stays ours over restarts. Port 0 would give one of
 * the range the kernel also uses for outgoing connections, which could take it while a node is down.
 * Every other port is left to the other test worker, for the same reason.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = 2 * randomInt(7_500, 16_000) + (workerNumber % 2)
    if (given.has(port) || !(await canListen(port))) continue
    given.add(port)
    return port
  }
  throw new Error('no free TCP port found between 15000 and 32000 on 127.0.0.1')
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
