import { type Change, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type DaemonStand, openDaemonStand } from './daemon-stand.ts'

type Strike = 'kill' | 'unknown'
type Plan = (point: string, number: number) => Strike | undefined

/** A swap that was lived through, and the points at which something could have happened. */
interface Lived {
  readonly stand: DaemonStand
  readonly points: readonly string[]
  readonly processes: number
  readonly state: string
  readonly reason: string | null
}

const tables = new Set(['swaps', 'ledger_transactions'])
const isAbout = (change: Change): boolean =>
  change.writes.some(({ op, table }) => op !== 'require' && tables.has(table.name))

/** One swap from its request to the end of its books, with new processes where one was killed. */
async function live(plan: Plan, outcome: 'completed' | 'failed'): Promise<Lived> {
  const points: string[] = []
  let processes = 1
  let isLive = false
  const strike = (point: string): void => {
    if (!isLive || stand.current.life.isOver) return
    points.push(point)
    const struck = plan(point, points.length - 1)
    if (!struck) return
    if (struck === 'kill') stand.current.kill()
    else throw new PaymentNodeError('storage.unavailable', 'Injected.', { outcome: 'unknown' })
  }
  const hooks = {
    beforeCommit: (change: Change) => {
      if (isAbout(change)) strike(`${nameOf(change)} before`)
    },
    afterCommit: (change: Change) => {
      if (isAbout(change)) strike(`${nameOf(change)} after`)
    },
  }
  const stand = await openDaemonStand({ hooks })
  const { daemon, run, clock } = stand
  daemon.strike = (point) => strike(point)
  isLive = true

  const revive = async (): Promise<void> => {
    while (stand.current.life.isOver) {
      processes++
      stand.openNext({}, hooks)
      await Promise.race([run(stand.node.start()), clock.advance(120_000)])
    }
  }
  let id: string | undefined
  let step = 0
  for (let look = 0; look < 40; look++) {
    await revive()
    if (!id) {
      const asking = stand.node.swaps.request(
        { amount: '1000000 sat' },
        { idempotencyKey: 'the-swap' },
      )
      void asking.then(
        (made) => {
          id = made[0]!.id
        },
        () => undefined,
      )
    }
    await clock.advance(40_000)
    const [swap] = daemon.swaps
    if (swap && step === 0) {
      step = 1
      daemon.set(swap, { state: 'running' })
    } else if (swap && step === 1) {
      step = 2
      if (outcome === 'completed') stand.complete(swap)
      else {
        daemon.take(swap, ['prepay'])
        daemon.giveBack(swap, ['main'])
        daemon.fail(swap, 'timeout')
      }
    }
    if (stand.current.life.isOver || !id) continue
    const now = await stand.swap(id)
    if (now.endedAt !== null || now.state === 'needs-operator') break
  }
  isLive = false
  await revive()
  await stand.bury()
  const { state, reason } = await stand.swap(id!)
  return { stand, points, processes, state, reason }
}

function nameOf({ writes }: Change): string {
  return writes.map(({ op, table }) => `${op} ${table.name}`).join(', ')
}

/** What is wrong at the end of it. */
async function faultsOf({ stand, state, reason }: Lived, outcome: string): Promise<string[]> {
  const wrong: string[] = []
  const { daemon } = stand
  const wasCutOff = state === 'needs-operator' && reason === 'start-unknown'
  if (daemon.swaps.length > 1) wrong.push(`${daemon.swaps.length} swaps were started`)
  if (wasCutOff && daemon.swaps.length > 0) wrong.push('it was started, and is not followed')
  if (!wasCutOff && state !== outcome) wrong.push(`it is ${state} (${reason})`)
  const moved = await stand.moved()
  const expected: Record<string, bigint> = wasCutOff
    ? { operator: 0n }
    : outcome === 'completed'
      ? { swapFees: 3_000_000n, onchainFees: 700_000n, operator: -3_700_000n }
      : { swapPrepay: 1_000_000n, operator: -1_000_000n }
  const text = (accounts: Readonly<Record<string, bigint>>): string =>
    Object.entries(accounts)
      .map(([name, msat]) => `${name} ${msat}`)
      .sort()
      .join()
  if (text(moved) !== text(expected)) wrong.push(`moved ${text(moved)}`)
  const totals = (await stand.rowsOf(['swap_totals'])).swap_totals!
  if (!wasCutOff && totals.some(({ amount_msat }) => amount_msat !== 0n))
    wrong.push('its place is not given back')
  const { isHalted } = await stand.run(stand.node.safety.status())
  if (isHalted) wrong.push('it is halted')
  await stand.expectProved('at the end').catch((error) => wrong.push(String(error)))
  return wrong
}

for (const [outcome, strikes] of [
  ['completed', ['kill', 'unknown']],
  ['failed', ['kill']],
] as const) {
  test(`killed at every commit and every call to the daemon: ${outcome}, once, booked once`, async () => {
    const quiet = await live(() => undefined, outcome)
    expect(await faultsOf(quiet, outcome)).toEqual([])
    expect(quiet.points.length).toBeGreaterThan(12)
    const wrong: string[] = []
    const cutOff: string[] = []
    for (const [number, point] of quiet.points.entries()) {
      for (const strike of strikes) {
        // What the storage cannot say is its own; the daemon's lost answers are tested by themselves.
        if (strike === 'unknown' && /^(check|start)/.test(point)) continue
        const name = `${strike} at ${number} ${point}`
        const lived = await live((_, at) => (at === number ? strike : undefined), outcome)
        wrong.push(...(await faultsOf(lived, outcome)).map((says) => `${name}: ${says}`))
        if (strike === 'kill' && lived.processes !== 2) wrong.push(`${name}: killed nobody`)
        if (lived.state === 'needs-operator') cutOff.push(point)
      }
    }
    expect(wrong).toEqual([])
    // Between the intent and the call nobody can say whether it was made.
    expect(cutOff).toEqual(['update swaps, add intent_counters, require safety after'])
  }, 120_000)
}
