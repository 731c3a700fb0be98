import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import type { KillPoint } from '../programs/mortal.ts'
import { type Child, type Life, spawnProgram } from '../programs/spawn-program.ts'
import type { SwapOrders, SwapReport, ToldSwap } from '../programs/swap-process.ts'
import { openSwapStand } from './swap-stand.ts'

const network = sharedNetwork()
const stand = await openSwapStand(network, 'swap-crashes')
const { client, provider, swaps: server } = stand
const folder = await mkdtemp(join(tmpdir(), 'payment-node-swap-'))
afterAll(async () => {
  await server.close()
  await network.remove()
  await rm(folder, { recursive: true, force: true })
})

const orders: SwapOrders = {
  file: join(folder, 'payments.db'),
  address: client.details.rpcAddress,
  certificatePath: client.details.certificatePath,
  macaroon: stand.macaroon,
  invoiceKey: randomBytes(32).toString('hex'),
  swapKey: randomBytes(32).toString('hex'),
  providerUrl: server.address.url,
  amountSat: 60_000,
}

/** Where a process dies, and how its swap must end all the same. */
interface Death {
  readonly point: KillPoint
  /** `cancels`: the provider locks nothing up, and lets go of the payment once the process is dead. */
  readonly provider: 'pays' | 'cancels'
  readonly ends: ToldSwap['state']
}

const after = (call: string): KillPoint => ({ call, phase: 'answered', time: 1 })
const before = (call: string): KillPoint => ({ call, phase: 'before', time: 1 })
const dies = (ends: ToldSwap['state'], ...points: readonly KillPoint[]): readonly Death[] =>
  points.map((point) => ({ point, provider: 'pays', ends }))

const deaths: readonly Death[] = [
  // Every write of a swap that comes to its end, and the calls between them.
  ...dies('claimed', after('store created')),
  // Whether it exists there is not known: it is never paid.
  ...dies('failed-unpaid', after('store asked_at'), after('create')),
  ...dies('claimed', after('store terms'), after('store verified'), after('store paying')),
  ...dies('claimed', before('pay'), after('pay'), after('store seen_at'), after('store held')),
  ...dies('claimed', after('store lockup-seen'), after('store lockup-confirmed')),
  ...dies('claimed', after('store preimage-revealed'), before('requestClaimSignature')),
  ...dies('claimed', after('requestClaimSignature'), after('store claim')),
  ...dies('claimed', before('publish'), after('publish'), after('store claim-published')),
  ...dies('claimed', before('store claimed'), after('store claimed')),
  // The provider never locks anything up.
  { point: after('pay'), provider: 'cancels', ends: 'failed-unpaid' },
  { point: after('store held'), provider: 'cancels', ends: 'returned' },
]
const nameOf = ({ point, provider: does }: Death): string =>
  `${point.call} ${point.phase}${does === 'pays' ? '' : `, the provider ${does}`}`

/**
 * Lets a process live, and blocks come while its swaps wait for them; `isQuick`: also for one whose lockup nobody has
 * told of yet.
 */
async function live(child: Child<SwapReport>, isQuick = true): Promise<Life<SwapReport>> {
  let isOver = false
  void child.ended.finally(() => {
    isOver = true
  })
  let buried = false
  while (!isOver) {
    const states = new Map<string, { state: string; waits: boolean }>()
    for (const one of child.reports) if (one.kind === 'swap') states.set(one.id, one)
    const isWaiting = [...states.values()].some(
      ({ state, waits }) =>
        (state === 'held' && isQuick) ||
        state === 'lockup-seen' ||
        (state === 'claim-published' && !waits),
    )
    if (isWaiting && (await network.chain.mempool()).length > 0) await network.mine(1)
    if (!buried && child.reports.some(({ kind }) => kind === 'bury')) {
      buried = true
      await network.mine(6)
    }
    await Promise.race([child.ended, delay(50)])
  }
  return child.ended
}

const start = (more: Partial<SwapOrders>): Child<SwapReport> =>
  spawnProgram<SwapReport>('swap-process.ts', { ...orders, ...more })

/** What LND and the chain say of a swap, against what it was allowed to cost. */
async function problemsOf(swap: ToldSwap, ends: ToldSwap['state']): Promise<string[]> {
  const found: string[] = []
  const check = (isRight: boolean, says: string): void => void (isRight || found.push(says))
  check(swap.state === ends, `it is ${swap.state} (${swap.reason}), not ${ends}`)
  const payments = await stand.payments(swap.paymentHash)
  const paid = payments.filter(({ status }) => status === 'SUCCEEDED')
  check(payments.length <= 1, `${payments.length} payments`)
  check(!payments.some(({ status }) => status === 'IN_FLIGHT'), 'its payment is in flight')
  check(paid.length === (ends === 'claimed' ? 1 : 0), `${paid.length} payments were taken`)
  const claim = swap.lockup === null ? undefined : await stand.spending(swap.lockup)
  if (ends === 'claimed') check(claim !== undefined, 'nothing claims its lockup')
  const leftMsat = paid.reduce(
    (sum, { value_msat, fee_msat }) => sum + BigInt(value_msat) + BigInt(fee_msat),
    0n,
  )
  const cameMsat = (claim?.receivedSat ?? 0n) * 1000n
  check(
    leftMsat - cameMsat <= BigInt(swap.worstMsat),
    `it cost ${leftMsat - cameMsat} msat, and ${swap.worstMsat} was the worst`,
  )
  check(
    leftMsat - cameMsat === BigInt(swap.costMsat),
    `it cost ${leftMsat - cameMsat} msat, and the books say ${swap.costMsat}`,
  )
  return found
}

test('killed at every write and around every call of a swap: it is claimed or returned, paid once, and the books agree', async () => {
  const assetsBefore = await stand.assets()
  const wrong: string[] = []
  const asked: (string | undefined)[] = []
  const proofs: string[] = []
  const lookAt = (life: Child<SwapReport>, where: string): void => {
    for (const one of life.reports) {
      if (one.kind !== 'proof') continue
      proofs.push(one.verdict)
      if (one.verdict !== 'proved') wrong.push(`${where}: ${one.verdict}, ${one.says}`)
    }
  }
  for (const [number, death] of deaths.entries()) {
    const where = nameOf(death)
    if (death.provider === 'cancels') server.faults.set('lockup-never')
    const key = `swap-${number}`
    const child = start({ key, killAt: death.point })
    const { signal, output } = await live(child, death.point.call !== 'store lockup-seen')
    if (signal !== 'SIGKILL') throw new Error(`${where}: not struck, ${signal} ${output}`)
    lookAt(child, `before ${where}`)
    const hash = server.swaps().at(-1)?.paymentHash
    asked.push(hash)
    if (death.provider === 'cancels') {
      await provider.waitUntilInvoice(Buffer.from(hash!, 'hex'), 'ACCEPTED')
      await provider.cancelHold(Buffer.from(hash!, 'hex'))
      server.faults.clear()
    }
  }
  const last = start({})
  const { done, signal, output } = await live(last)
  lookAt(last, 'at the end')
  if (!done) throw new Error(`the last one did not end: ${signal} ${output.slice(-2000)}`)
  expect(wrong).toEqual([])
  expect(proofs).toHaveLength(deaths.length + 1)

  // Oldest first, one per death: none was asked for twice.
  const told = [...done.swaps].reverse()
  expect(told).toHaveLength(deaths.length)
  expect(new Set(told.map(({ paymentHash }) => paymentHash)).size).toBe(deaths.length)
  for (const [number, death] of deaths.entries()) {
    for (const says of await problemsOf(told[number]!, death.ends)) {
      wrong.push(`${nameOf(death)}: ${says}`)
    }
  }
  expect(wrong).toEqual([])
  // Nothing else has left: neither a second payment nor a second claim's fee.
  const costs = told.reduce((sum, { costMsat }) => sum + BigInt(costMsat), 0n)
  expect(assetsBefore - (await stand.assets())).toBe(costs)
  expect(done).toMatchObject({
    sumMsat: '0',
    costsMsat: String(costs),
    elsewhereMsat: '0',
    isHalted: false,
    verdict: 'proved',
  })
  expect(server.errors).toEqual([])
}, 400_000)
