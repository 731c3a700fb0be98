import { createSwap, expiryBounds, readMetadata } from './create-swap.ts'
import { showPairs } from './quote-pair.ts'
import { restoreIndex, restoreSwaps } from './restore-swaps.ts'
import { BoltzRefusal, type BoltzSwap, type ServerContext } from './server-context.ts'
import { signClaim } from './sign-claim.ts'
import { showStatus } from './updates.ts'

/** An answer to be written as JSON; `never`: none comes. */
export interface Routed {
  readonly status: number
  readonly body: unknown
}

type Handler = (
  context: ServerContext,
  given: {
    readonly path: readonly string[]
    readonly query: URLSearchParams
    readonly body: unknown
  },
) => Promise<Routed | 'never'>

const ok = (body: unknown): Routed => ({ status: 200, body })
const mostIds = 64

/** Method and path, with `*` for a part that may be anything. */
const routes: Readonly<Record<string, Handler>> = {
  'GET /version': async () => ok({ version: '3.13.0' }),
  'GET /warnings': async () => ok([]),
  'GET /infos': async () => ok([]),
  'GET /nodes': async ({ lightning }) =>
    ok({ BTC: { LND: { publicKey: lightning.publicKey, uris: [] } } }),
  'GET /swap/reverse': async (context) => {
    context.pairReads++
    return ok(showPairs(context))
  },
  'GET /swap/reverse/expiry': async ({ settings }) => ok({ BTC: { BTC: expiryBounds(settings) } }),
  'POST /swap/reverse': async (context, { body }) => ({
    status: 201,
    body: await createSwap(context, body),
  }),
  'POST /swap/restore': async (context, { body }) => ok(restoreSwaps(context, body)),
  'POST /swap/restore/index': async (context, { body }) => ok(restoreIndex(context, body)),
  'GET /swap/status': async (context, { query }) => {
    const ids = query.getAll('ids').flatMap((list) => list.split(','))
    if (ids.length === 0 || ids.length > mostIds) throw new BoltzRefusal('invalid ids')
    const swaps = await Promise.all(ids.map((id) => findSwap(context, id)))
    const statuses = swaps.map((swap) => [swap.id, showStatus(swap, context.faults)])
    return ok(Object.fromEntries(statuses))
  },
  'GET /swap/*': async (context, { path }) =>
    ok(showStatus(await findSwap(context, path[1]!), context.faults)),
  'PATCH /swap/*/metadata': async (context, { path, body }) => {
    const swap = await findSwap(context, path[1]!)
    const metadata = readMetadata((body as { metadata?: unknown } | null)?.metadata)
    if (metadata === undefined) throw new BoltzRefusal('invalid metadata')
    if (!context.faults.strike('metadata-dropped')) swap.metadata = metadata
    return ok({})
  },
  'GET /swap/reverse/*/transaction': async (context, { path }) =>
    ok(showLockup(context, await findSwap(context, path[2]!))),
  'POST /swap/reverse/*/claim': async (context, { path, body }) => {
    const signed = await signClaim(context, await findSwap(context, path[2]!), body)
    if (signed === 'never') return 'never'
    const { publicNonce, partialSignature } = signed
    return ok(publicNonce === undefined ? {} : { pubNonce: publicNonce, partialSignature })
  },
  'GET /chain/BTC/fee': async ({ chain, faults }) =>
    ok({ fee: faults.strike('chain-fee-absurd') ? 1_000_000 : await chain.feerate() }),
  'GET /chain/BTC/height': async ({ chain, faults }) => {
    const height = await chain.height()
    return ok({ height: faults.strike('chain-height-lies') ? height - 100 : height })
  },
  'GET /chain/BTC/transaction/*': async ({ chain }, { path }) => {
    const found = await chain.find(path[3]!)
    if (!found) throw new BoltzRefusal('could not find transaction', 404)
    return ok({ hex: found.hex })
  },
  'POST /chain/BTC/transaction': async ({ chain, faults }, { body }) => {
    const hex = (body as { hex?: unknown } | null)?.hex
    if (typeof hex !== 'string') throw new BoltzRefusal('undefined parameter: hex')
    if (faults.strike('broadcast-swallowed')) return { status: 201, body: { id: '0'.repeat(64) } }
    try {
      return { status: 201, body: { id: await chain.publish(hex) } }
    } catch (error) {
      throw new BoltzRefusal(error instanceof Error ? error.message : String(error))
    }
  },
}

const table = Object.entries(routes).map(([route, handler]) => {
  const [method, pattern] = route.split(' ')
  return { method, parts: pattern!.slice(1).split('/'), handler }
})

/** Answers a request of the API; throws {@link BoltzRefusal}. `path` begins after `/v2`. */
export async function routeRequest(
  context: ServerContext,
  request: { readonly method: string; readonly path: string; readonly body: string },
): Promise<Routed | 'never'> {
  const { pathname, searchParams: query } = new URL(request.path, 'http://server')
  const path = pathname.slice(1).split('/').map(decodeURIComponent)
  const fitting = table
    .filter(({ method, parts }) => method === request.method && fits(parts, path))
    .sort((a, b) => stars(a.parts) - stars(b.parts))[0]
  if (!fitting) throw new BoltzRefusal(`unknown endpoint ${request.method} ${pathname}`, 404)
  return fitting.handler(context, { path, query, body: readJson(request.body) })
}

function fits(parts: readonly string[], path: readonly string[]): boolean {
  return (
    parts.length === path.length && parts.every((part, at) => part === '*' || part === path[at])
  )
}

function stars(parts: readonly string[]): number {
  return parts.filter((part) => part === '*').length
}

function readJson(text: string): unknown {
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new BoltzRefusal('invalid JSON')
  }
}

/** A swap with its state of this moment. */
async function findSwap(context: ServerContext, id: string): Promise<BoltzSwap> {
  const swap = context.swaps.find((one) => one.id === id)
  if (!swap || context.faults.strike('status-unknown-swap')) {
    throw new BoltzRefusal(`could not find swap with id: ${id}`, 404)
  }
  await context.tend(swap)
  return swap
}

function showLockup({ faults, swaps }: ServerContext, swap: BoltzSwap): object {
  const { lockup, told } = swap
  if (!lockup || faults.strike('transaction-missing')) {
    throw new BoltzRefusal('no transaction of this swap', 404)
  }
  const height = Number(told.timeoutBlockHeight)
  const other = swaps.find((one) => one.lockup && one !== swap)?.lockup
  return {
    id: faults.strike('transaction-other-id') ? 'ab'.repeat(32) : lockup.transactionId,
    hex: faults.strike('transaction-other-hex')
      ? (other?.hex ?? lockup.hex.replace(/^02/, '01'))
      : lockup.hex,
    timeoutBlockHeight: faults.strike('transaction-other-timeout') ? height + 1000 : height,
  }
}
