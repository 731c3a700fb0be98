import { existsSync } from 'node:fs'
import type { PaymentNode } from '@payment-node/core'
import { expect, test } from 'vitest'
import { readTables } from '../read-tables.ts'
import { openFolder, type SimulatedShop, simulatedShop, withHost } from '../shop-folder.ts'
import { swappingShop } from './swapping-shop.ts'

const file = 'payment-node.config.ts'

/** Asks for a swap; mines until its lockup is there and the claim is out. */
async function swapABit(node: PaymentNode, { network }: SimulatedShop): Promise<string> {
  const held = new Promise((resolve) => node.on('swap.held', resolve))
  let isRevealed = false
  node.on('swap.revealed', () => {
    isRevealed = true
  })
  const [swap] = await node.swaps.request({ amount: '100000 sat' }, { idempotencyKey: 'a' })
  await held
  // The lockup is in the mempool soon; whichever block comes then has it.
  while (!isRevealed) {
    network.mine()
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  return swap!.id
}

test('swaps, one with its story, and prices: beside the running host and after it', async () => {
  using folder = openFolder()
  const path = folder.write(file, swappingShop())
  let id = ''
  await withHost(path, async (node, shop) => {
    id = await swapABit(node, shop)
    const quote = await folder.run('swaps', 'quote', '100000 sat')
    expect([quote.exitCode, quote.stderr]).toEqual([0, ''])
    expect(quote.stdout).toContain('What it costs to swap 100,000 sat (sat)')
    expect(quote.stdout).toMatch(/^ {2}swaps\.example( +[\d,]+){6} +acceptable$/m)
  })
  const listed = await folder.run('swaps')
  expect([listed.exitCode, listed.stderr]).toEqual([0, ''])
  expect(listed.stdout).toMatch(
    /^ {2}swaps\.example {2}healthy; 0 completed, 0 refused, 0 failed$/m,
  )
  expect(listed.stdout).toMatch(/(preimage-revealed|claim-published) +100,000/)
  expect(listed.stdout).toContain(`    ${id}  operator`)
  expect((await folder.run('swaps', 'list')).stdout).toBe(listed.stdout)
  const none = await folder.run('swaps', '--state', 'lost')
  expect(none.stdout).toContain('No swaps\n')
  const json = JSON.parse((await folder.run('swaps', '--json')).stdout)
  expect(json).toMatchObject({
    command: 'swaps',
    configuration: path,
    says: null,
    providers: [{ provider: 'swaps.example', state: 'healthy' }],
    swaps: [{ id, amount: '100000 sat', source: 'operator' }],
  })

  const explained = await folder.run('swaps', 'explain', id)
  expect([explained.exitCode, explained.stderr]).toEqual([0, ''])
  for (const part of [
    new RegExp(`^Swap ${id}$`, 'm'),
    /^ {2}state +(preimage-revealed|claim-published): \S/m,
    /^ {2}amount +100,000 sat on Lightning, 9\d,\d{3} sat on chain$/m,
    /^ {2}provider +swaps\.example, its id \S+$/m,
    /^ {2}timeout +block \d+ \(\d+ blocks left\)$/m,
    /^ {2}claim +\d[\d,]* +\d[\d,]*/m,
    /^ {4}(script|cooperative), [\d,]+ sat \(\d+\.\d sat\/vB\), not confirmed$/m,
  ]) {
    expect(explained.stdout).toMatch(part)
  }
  for (const { stdout } of [listed, explained]) {
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([])
  }
  const story = JSON.parse((await folder.run('swaps', 'explain', id, '--json')).stdout)
  expect(story).toMatchObject({ command: 'swaps explain', explanation: { swap: { id } } })
  expect(story.explanation.blocksLeft).toBeGreaterThan(0)
}, 60_000)

test('what cannot be shown is said: an unknown swap, no books, an amount that is none', async () => {
  using folder = openFolder()
  const path = folder.write(file, swappingShop())
  for (const argv of [['swaps'], ['swaps', 'explain', 'x']]) {
    const { exitCode, stdout } = await folder.run(...argv)
    expect([exitCode, stdout.trim().split('\n').at(-1)], argv.join(' ')).toEqual([
      1,
      'Nothing is stored yet.',
    ])
  }
  const early = await folder.run('swaps', 'quote', '1 sat')
  expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining('Nothing is stored')])
  expect(existsSync(`${folder.path}/payments.db`)).toBe(false)
  await withHost(path, async () => {})
  const unknown = await folder.run('swaps', 'explain', 'x', '--json')
  expect(unknown.exitCode).toBe(1)
  expect(JSON.parse(unknown.stdout).error).toMatchObject({ code: 'swap.not-found' })
  const wrong = await folder.run('swaps', 'quote', '100000')
  expect([wrong.exitCode, wrong.stderr]).toEqual([1, expect.stringContaining('amount')])
  const state = await folder.run('swaps', '--state', 'paid')
  expect([state.exitCode, state.stderr]).toEqual([1, expect.stringContaining('state')])
  const small = await folder.run('swaps', 'quote', '1 sat')
  expect(small.stdout).toContain('below-minimum')
}, 60_000)

test('prices are asked for before the first start with a provider, and no key is bound by it', async () => {
  using folder = openFolder()
  await withHost(folder.write(file, simulatedShop()), async () => {})
  folder.write('swapping.config.ts', swappingShop())
  const before = readTables(`${folder.path}/payments.db`)
  const quote = await folder.run('swaps', 'quote', '100000 sat', '--config', 'swapping.config.ts')
  expect([quote.exitCode, quote.stderr]).toEqual([0, ''])
  expect(quote.stdout).toContain('acceptable')
  expect(readTables(`${folder.path}/payments.db`)).toEqual(before)
}, 60_000)
