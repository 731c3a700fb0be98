import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@payment-node/core'
import { createSimulatedNetwork } from '@payment-node/testkit'
import { afterAll, expect, test, vi } from 'vitest'
import { codeOf, shownIn } from './readme-block.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'smallest-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('it sells something: the order is marked paid when the payment has arrived', async () => {
  const network = createSimulatedNetwork({ clock: systemClock })
  const [shop, customer] = [network.addNode('shop'), network.addNode('customer')]
  network.establishChannel({ from: customer, to: shop, capacitySat: 100_000n })
  vi.stubEnv('BOOKS', join(folder, 'payments.db'))
  vi.stubEnv('INVOICE_KEY', 'c0ffee25'.repeat(8))
  const printed: unknown[] = []
  vi.spyOn(console, 'log').mockImplementation((line) => printed.push(line))
  const { sell } = await import('../src/smallest.ts')

  const paid: (string | undefined)[] = []
  const node = await sell((orderId) => paid.push(orderId), shop.lightning)
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  expect(printed).toHaveLength(1)
  const [invoice] = (await node.invoices.list()).items
  expect(printed).toEqual([invoice!.paymentRequest])
  expect(paid).toEqual([])
  await customer.pay(invoice!.paymentRequest)
  await vi.waitFor(() => expect(paid).toEqual([invoice!.metadata.orderId]))
  const { partners } = await node.ledger.balances()
  expect(partners.map(({ partner, available }) => `${partner}: ${available}`)).toEqual([
    'bakery: 25000 sat',
  ])
  await node.stop()
})

test('the README shows exactly this code', () => {
  const code = codeOf(readFileSync(join(root, 'examples/smallest/src/smallest.ts'), 'utf8'))
  expect(code.length).toBeGreaterThan(20)
  expect(shownIn(readFileSync(join(root, 'README.md'), 'utf8'), code[0]!)).toEqual(code)
})

test('a README that lacks the code, or shows a changed line, is noticed', () => {
  const code = ['const a = 1', 'const b = 2']
  const block = (lines: readonly string[]): string =>
    ['# T', '```ts', ...lines, '```', ''].join('\n')
  expect(shownIn(block(code), code[0]!)).toEqual(code)
  expect(shownIn(block(['const a = 1', 'const b = 3']), code[0]!)).not.toEqual(code)
  expect(shownIn(block(['const c = 1']), code[0]!)).toBeUndefined()
  expect(codeOf(['x', '// readme: begin', ...code, '// readme: end', 'y'].join('\n'))).toEqual(code)
})
