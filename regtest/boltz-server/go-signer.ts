import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type {
  AggregatedKey,
  MusigKeys,
  MusigSigner,
  PartialSigning,
  SignedHalf,
} from '@payment-node/testkit/boltz-server'
import { buildSigner } from './build-signer.ts'

/** The signer on btcd's MuSig2, and what else the program can do. */
export interface GoSigner extends MusigSigner, AsyncDisposable {
  /** A whole signature (hex) of halves that verify; keys, nonces and halves in the same order. */
  combine(
    session: MusigKeys & {
      readonly message: string
      readonly publicNonces: readonly string[]
      readonly partialSignatures: readonly string[]
    },
  ): Promise<string>
  /** Runs the scripts of a transaction's inputs through btcd's engine; rejects when it refuses one. */
  execute(spending: {
    readonly transaction: string
    readonly spent: readonly { readonly script: string; readonly amountSat: number }[]
  }): Promise<void>
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/** Starts the program; it ends with this process, or when it is disposed. */
export async function startGoSigner(): Promise<GoSigner> {
  // Its standard input closes with this process, and that ends it.
  const child = spawn(await buildSigner(), { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error('go-musig2 has ended'))
  })
  child.stdin.on('error', () => {})
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line) as Answer
    const asked = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) asked?.resolve(result)
    else asked?.reject(new Error(`go-musig2: ${error}`))
  })
  let next = 1
  const call = <Result>(method: string, params: object): Promise<Result> =>
    new Promise((resolve, reject) => {
      const id = next++
      waiting.set(id, { resolve: (value) => resolve(value as Result), reject })
      child.stdin.write(`${JSON.stringify({ id, method, params })}\n`)
    })
  return {
    aggregate: (keys) => call<AggregatedKey>('aggregate', keys),
    sign: (signing: PartialSigning) => call<SignedHalf>('sign', signing),
    combine: async (session) => (await call<{ signature: string }>('combine', session)).signature,
    execute: async (spending) => {
      await call('execute', spending)
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
    },
  }
}
