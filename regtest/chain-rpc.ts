import { readFileSync } from 'node:fs'
import { request } from 'node:https'

/** How to reach a chain from any process; plain data. */
export interface ChainDetails {
  readonly network: 'simnet' | 'regtest'
  /** btcd's JSON-RPC, `127.0.0.1:port`, TLS. */
  readonly rpcAddress: string
  readonly username: string
  readonly password: string
  readonly certificatePath: string
  readonly folder: string
  readonly logPath: string
  /** Process id of btcd. */
  readonly pid: number
}

/** An answer of btcd that is an error, with btcd's code. */
export class ChainRpcError extends Error {
  readonly code: number
  constructor(method: string, code: number, text: string) {
    super(`btcd ${method}: ${text} (${code})`)
    this.name = 'ChainRpcError'
    this.code = code
  }
}

/** Calls one method of btcd's JSON-RPC. */
export function callChain<Result>(
  details: ChainDetails,
  method: string,
  params: readonly unknown[] = [],
): Promise<Result> {
  const body = JSON.stringify({ jsonrpc: '1.0', id: 1, method, params })
  const [host, port] = details.rpcAddress.split(':')
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host,
        port,
        method: 'POST',
        ca: readFileSync(details.certificatePath),
        auth: `${details.username}:${details.password}`,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        timeout: 60_000,
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        response.on('error', reject)
        response.on('end', () => {
          try {
            resolve(readAnswer<Result>(method, text, response.statusCode))
          } catch (error) {
            reject(error)
          }
        })
      },
    )
    call.on('timeout', () => call.destroy(new Error(`btcd ${method}: no answer within 60 s`)))
    call.on('error', reject)
    call.end(body)
  })
}

function readAnswer<Result>(method: string, text: string, status: number | undefined): Result {
  if (!text.startsWith('{')) throw new Error(`btcd ${method}: HTTP ${status} ${text}`)
  const answer = JSON.parse(text) as {
    result: Result
    error: { code: number; message: string } | null
  }
  if (answer.error !== null) {
    throw new ChainRpcError(method, answer.error.code, answer.error.message)
  }
  return answer.result
}
