import { expect, test } from 'vitest'
import { openFolder, simulatedShop, tradeABit, withHost } from './shop-folder.ts'

const file = 'payment-node.config.ts'

test('a partner s statement: for people, as JSON and as CSV, beside the running host', async () => {
  using folder = openFolder()
  const path = folder.write(file, simulatedShop())
  await withHost(path, async (node, shop) => {
    await tradeABit(node, shop)
    await node.ledger.correct(
      { partner: 'merchant_42', amount: '-1500 msat', reason: 'rounding of May' },
      { idempotencyKey: 'c' },
    )
    const { exitCode, stdout, stderr } = await folder.run('statement', 'merchant_42')
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Statement of merchant_42')
    expect(stdout).toMatch(/brought forward {2}0 sat/)
    expect(stdout).toMatch(/invoice-settled +0 +250,000 +250,000/)
    expect(stdout).toMatch(/correction +0 +-1\.500 +249,998\.500/)
    expect(stdout).toContain('rounding of May')
    expect(stdout).toMatch(/closing balance {2}249,998\.5/)
    const json = JSON.parse((await folder.run('statement', 'merchant_42', '--json')).stdout)
    expect(json).toMatchObject({
      command: 'statement',
      configuration: path,
      says: null,
      statement: { opening: '0 sat', closing: '249998500 msat' },
    })
    expect(json.statement.items).toHaveLength(2)
    const csv = await folder.run('statement', 'merchant_42', '--csv')
    expect(csv.stdout.split('\r\n')).toHaveLength(5)
    expect(csv.stdout).toContain('250000.000')
    const earlier = await folder.run('statement', 'merchant_42', '--to', '2020-01-01', '--json')
    expect(JSON.parse(earlier.stdout).statement).toMatchObject({ closing: '0 sat', items: [] })
  })
})

test('the journal: for people, as JSON and as CSV', async () => {
  using folder = openFolder()
  const path = folder.write(file, simulatedShop())
  await withHost(path, tradeABit)
  const { exitCode, stdout } = await folder.run('journal')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/invoice-settled +world\/payers +250,000/)
  expect(stdout).toMatch(/ {20,}partner\/merchant_42 +250,000/)
  const { entries } = JSON.parse((await folder.run('journal', '--json')).stdout)
  expect(entries.map(({ kind }: { kind: string }) => kind)).toEqual([
    'opening',
    'invoice-settled',
    'payout-reserved',
  ])
  const csv = (await folder.run('journal', '--csv')).stdout
  expect(csv.split('\r\n')[0]).toBe(
    'time (UTC),transaction,kind,about,account,debit (sat),credit (sat),note',
  )
  expect(csv).toContain(',world/payers,250000.000,,')
})

test('what cannot be shown is said: an unknown partner, no books, days that are none', async () => {
  using folder = openFolder()
  const path = folder.write(file, simulatedShop())
  for (const argv of [['statement', 'm1'], ['journal'], ['journal', '--csv']]) {
    const { exitCode, stdout } = await folder.run(...argv)
    expect([exitCode, stdout.trim()], argv.join(' ')).toEqual([1, 'Nothing is stored yet.'])
  }
  await withHost(path, tradeABit)
  const nobody = await folder.run('statement', 'nobody')
  expect(nobody.exitCode).toBe(1)
  expect(nobody.stderr).toContain('There is no partner "nobody".')
  for (const argv of [
    ['statement'],
    ['statement', 'm1', '--from', 'yesterday'],
    ['statement', 'm1', '--from', '2026-02-30'],
    ['journal', '--csv', '--json'],
  ])
    expect((await folder.run(...argv)).exitCode, argv.join(' ')).toBe(2)
  const turned = await folder.run('journal', '--from', '2026-11-22', '--to', '2026-11-20')
  expect(turned.exitCode).toBe(1)
  expect(turned.stderr).toContain('must not be before')
})
