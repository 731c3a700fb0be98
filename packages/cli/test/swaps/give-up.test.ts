import { type PaymentNode, PaymentNodeError } from '@payment-node/core'
import type { BoltzServer } from '@payment-node/testkit/boltz-server'
import { expect, test } from 'vitest'
import { openFolder, type SimulatedShop, simulatedShop, withHost } from '../shop-folder.ts'
import { swappingShop } from './swapping-shop.ts'

const file = 'payment-node.config.ts'

/** A daemon that takes every swap, and then says that it needs somebody. Nothing was ever paid. */
function stuckDaemon(): string {
  return simulatedShop({
    lines: `
network.setFeerate(2)
const report = (label: string, amountSat: bigint) => ({
  label,
  providerId: 'ab'.repeat(32),
  state: 'needs-operator',
  failure: 'unknown',
  amountSat,
  serviceSat: 0n,
  minerSat: 0n,
  routingSat: 0n,
  prepayLostSat: 0n,
})
const known: ReturnType<typeof report>[] = []
const daemon = {
  contractVersion: 1,
  custody: 'delegated',
  name: 'daemon',
  limits: async () => ({ minimumSat: 10_000n, maximumSat: 1_000_000n }),
  quote: async (amountSat: bigint) => ({
    amountSat,
    serviceSat: 500n,
    lockupSat: 0n,
    claimSat: 200n,
    prepayAtRiskSat: 0n,
    expiresAt: 4_000_000_000_000,
  }),
  check: async () => ({ network: 'regtest', version: '0.31', warnings: [] }),
  start: async ({ label, amountSat }: { label: string; amountSat: bigint }) => {
    known.push(report(label, amountSat))
    return known.at(-1)
  },
  list: async (_: unknown, label?: string) =>
    known.filter((one) => label === undefined || one.label === label),
  watch: async function* () {
    await new Promise(() => undefined)
  },
}`,
    options: 'swaps: [daemon as never],',
  })
}

/** A swap that its daemon has left to the operator. */
async function askAndGetStuck(node: PaymentNode): Promise<string> {
  const stuck = new Promise((resolve) => node.on('swap.needs-operator', resolve))
  const [swap] = await node.swaps.request({ amount: '100000 sat' }, { idempotencyKey: 'a' })
  await stuck
  return swap!.id
}

test("a daemon's swap is given up while the host is stopped; beside it the books are not changed", async () => {
  using folder = openFolder()
  const path = folder.write(file, stuckDaemon())
  const early = await folder.run('swaps', 'give-up', 'x', 'why')
  expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining('Nothing is stored')])
  let id = ''
  await withHost(path, async (node) => {
    id = await askAndGetStuck(node)
    const beside = await folder.run('swaps', 'give-up', id, 'the disk is gone', '--json')
    expect(beside.exitCode).toBe(1)
    expect(JSON.parse(beside.stdout).error).toMatchObject({ code: 'storage.in-use' })
    expect((await node.swaps.get(id)).state).toBe('needs-operator')
  })
  const done = await folder.run('swaps', 'give-up', id, 'the disk is gone')
  expect([done.exitCode, done.stderr]).toEqual([0, ''])
  expect(done.stdout).toContain(`Swap ${id} has ended: failed (given-up).`)
  const again = await folder.run('swaps', 'give-up', id, 'again', '--json')
  expect(again.exitCode).toBe(1)
  expect(JSON.parse(again.stdout).error).toMatchObject({ code: 'swap.not-live' })
  const unknown = await folder.run('swaps', 'give-up', 'x', 'why', '--json')
  expect(JSON.parse(unknown.stdout).error).toMatchObject({ code: 'swap.not-found' })
}, 60_000)

test('a swap whose payment LND has forgotten is not said to have ended: the host ends it', async () => {
  using folder = openFolder()
  const path = folder.write(file, swappingShop())
  let id = ''
  await withHost(path, async (node, world) => {
    const { server, shop, network } = world as SimulatedShop & { readonly server: BoltzServer }
    server.faults.set('lockup-never')
    const held = new Promise((resolve) => node.on('swap.held', resolve))
    const [swap] = await node.swaps.request({ amount: '100000 sat' }, { idempotencyKey: 'a' })
    id = swap!.id
    await held
    const { timeoutHeight } = await node.swaps.get(id)
    shop.faults.add(({ call, moment }) =>
      call === 'trackPayment' && moment === 'before-effect'
        ? { error: new PaymentNodeError('node.payment-not-found', 'gone', { paymentHash: '' }) }
        : undefined,
    )
    network.mine(timeoutHeight! + 601 - network.blockHeight)
  })
  await withHost(path, async (node) => {
    while ((await node.swaps.get(id)).reason !== 'payment-forgotten') {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
  const done = await folder.run('swaps', 'give-up', id, 'LND was recovered from its seed')
  expect([done.exitCode, done.stderr]).toEqual([0, ''])
  expect(done.stdout).toContain(`Your word about swap ${id} is stored; it is still held`)
  expect(done.stdout).not.toContain('has ended')
  await withHost(path, async (node) => {
    while ((await node.swaps.get(id)).endedAt === null) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect((await node.swaps.get(id)).state).toBe('returned')
  })
}, 60_000)
