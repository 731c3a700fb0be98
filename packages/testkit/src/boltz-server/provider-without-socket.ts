import {
  PaymentNodeError,
  type SelfCustodialSwapProvider,
  type SwapQuote,
  type SwapRefusal,
  type SwapTerms,
} from '@payment-node/core'
import type { BoltzServer } from './create-boltz-server.ts'

interface Pair {
  readonly hash: string
  readonly limits: { readonly minimal: number; readonly maximal: number }
  readonly fees: {
    readonly percentage: number
    readonly minerFees: { readonly lockup: number; readonly claim: number }
  }
}

/** Words of the server, and what they mean. */
const refusals: readonly (readonly [words: RegExp, reason: SwapRefusal])[] = [
  [/insufficient liquidity/, 'insufficient-liquidity'],
  [/less than minimal/, 'below-minimum'],
  [/exceeds maximal/, 'above-maximum'],
  [/invalid pair hash/, 'quote-stale'],
  [/exists already/, 'hash-used'],
]

/**
 * The protocol of the fake server without a socket, for code under virtual time. It believes everything and checks
 * nothing: that is the engine's.
 */
export function providerWithoutSocket(
  server: BoltzServer,
  {
    name = 'boltz',
    url = 'https://swaps.example/v2',
  }: { readonly name?: string; readonly url?: string } = {},
): SelfCustodialSwapProvider {
  const fail = (reason: string, outcome: 'none' | 'unknown'): never => {
    throw new PaymentNodeError('swap.provider-failed', reason, { provider: name, reason, outcome })
  }
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const request = { method, path: `/v2${path}`, ...(body !== undefined && { body: json(body) }) }
    const answer = await server.handle(request)
    if (answer.kind === 'never') return new Promise(() => undefined)
    if (answer.kind === 'cut') return fail('connection cut', 'unknown')
    let told: unknown
    try {
      told = JSON.parse(answer.body)
    } catch {
      return fail('not JSON', 'unknown')
    }
    if (answer.status < 300) return told
    const says = String((told as { error?: unknown }).error)
    if (answer.status >= 500) return fail(says, 'unknown')
    const reason =
      answer.status === 409
        ? 'hash-used'
        : answer.status === 429
          ? 'rate-limited'
          : (refusals.find(([words]) => words.test(says))?.[1] ?? 'other')
    throw new PaymentNodeError('swap.refused', says, { provider: name, reason, outcome: 'none' })
  }
  const pair = async (): Promise<Pair> => {
    const pairs = (await ask('GET', '/swap/reverse')) as { BTC?: { BTC?: Pair } }
    return pairs.BTC?.BTC ?? fail('no such pair', 'none')
  }
  const whole = (value: unknown): bigint => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
    return fail('no whole number', 'unknown')
  }

  return {
    contractVersion: 1,
    custody: 'self',
    name,
    url,
    async limits() {
      const { limits } = await pair()
      return { minimumSat: whole(limits.minimal), maximumSat: whole(limits.maximal) }
    },
    async quote(amountSat): Promise<SwapQuote> {
      const { hash, fees } = await pair()
      const service = Math.ceil((fees.percentage / 100) * Number(amountSat))
      return {
        amountSat,
        serviceSat: whole(service),
        priceId: hash,
        lockupSat: whole(fees.minerFees.lockup),
        claimSat: whole(fees.minerFees.claim),
        prepayAtRiskSat: 0n,
        expiresAt: Number.MAX_SAFE_INTEGER,
      }
    },
    async create(request): Promise<SwapTerms> {
      const told = (await ask('POST', '/swap/reverse', {
        from: 'BTC',
        to: 'BTC',
        pairHash: request.priceId,
        invoiceAmount: Number(request.amountSat),
        preimageHash: request.paymentHash,
        claimPublicKey: request.claimPublicKey,
        metadata: request.metadata,
        invoiceExpiry: request.invoiceExpirySeconds,
      })) as Record<string, unknown>
      const leaves: Record<string, unknown> = {}
      const tree = (told.swapTree ?? {}) as Record<string, { version: number; output: string }>
      for (const [leaf, { version, output }] of Object.entries(tree))
        leaves[leaf] = { version, script: output }
      return {
        providerId: told.id,
        invoice: told.invoice,
        lockupAddress: told.lockupAddress,
        refundPublicKey: told.refundPublicKey,
        timeoutHeight: told.timeoutBlockHeight,
        onchainAmountSat: whole(told.onchainAmount),
        leaves,
        raw: told,
        ...('minerFeeInvoice' in told && { minerFeeInvoice: told.minerFeeInvoice }),
      } as SwapTerms
    },
    async status(providerId) {
      const told = (await ask('GET', `/swap/${providerId}`)) as {
        status: string
        transaction?: { hex?: string }
      }
      const lockupTransaction = told.transaction?.hex
      return { providerId, status: told.status, ...(lockupTransaction && { lockupTransaction }) }
    },
    async *watch(ids, signal) {
      const heard: { providerId: string; status: string; lockupTransaction?: string }[] = []
      let wake = (): void => undefined
      let isClosed = false
      const subscription = server.openWebSocket({
        message(text: string) {
          try {
            const { event, args } = JSON.parse(text) as { event: string; args: unknown[] }
            if (event !== 'update' || !Array.isArray(args)) return
            for (const one of args as {
              id: string
              status: string
              transaction?: { hex: string }
            }[])
              heard.push({
                providerId: one.id,
                status: one.status,
                ...(one.transaction && { lockupTransaction: one.transaction.hex }),
              })
          } catch {
            return
          }
          wake()
        },
        close() {
          isClosed = true
          wake()
        },
      })
      subscription.send(json({ op: 'subscribe', channel: 'swap.update', args: ids }))
      signal.addEventListener('abort', () => wake(), { once: true })
      try {
        while (!signal.aborted) {
          const next = heard.shift()
          if (next) yield next
          else if (isClosed) return fail('the socket was closed', 'none')
          else {
            const { promise, resolve } = Promise.withResolvers<void>()
            wake = resolve
            await promise
          }
        }
      } finally {
        subscription.end()
      }
    },
    async requestClaimSignature(request) {
      const { providerId, transaction, publicNonce, preimage, inputIndex } = request
      const told = (await ask('POST', `/swap/reverse/${providerId}/claim`, {
        index: inputIndex,
        transaction,
        preimage,
        pubNonce: publicNonce,
      })) as { pubNonce: string; partialSignature: string }
      return { publicNonce: told.pubNonce, partialSignature: told.partialSignature }
    },
  }
}

function json(value: unknown): string {
  return JSON.stringify(value)
}
