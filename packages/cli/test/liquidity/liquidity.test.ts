import { type PaymentNode, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { readTables } from '../read-tables.ts'
import { openFolder, withHost } from '../shop-folder.ts'
import { swappingShop } from '../swaps/swapping-shop.ts'

const file = 'payment-node.config.ts'
const options = "liquidity: { mode: 'recommend', lowInbound: 700_000, acceptablePpm: 20_000 },"

/** Resolves when the autopilot has decided something for this reason. */
async function untilDecided(node: PaymentNode, reason: string): Promise<string> {
  for (;;) {
    const { items } = await node.liquidity.decisions({ limit: 10 })
    const found = items.find((run) => run.reason === reason)
    if (found) return found.id
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The books have a channel some moments after LND lists it. */
async function adoptWhenKnown(node: PaymentNode, channelPoint: string): Promise<void> {
  for (;;) {
    try {
      return void (await node.channels.adopt(channelPoint, 'ours'))
    } catch (error) {
      if (!PaymentNodeError.is(error, 'channel.not-found')) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

test('the autopilot as the books have it, and what it would do now', async () => {
  using folder = openFolder()
  const path = folder.write(file, swappingShop({ options }))
  let id = ''
  await withHost(path, async (node) => {
    for (const { channelPoint } of await node.channels.list()) {
      await adoptWhenKnown(node, channelPoint)
    }
    await node.liquidity.pause('fees are high')
    id = await untilDecided(node, 'paused')
  })
  const status = await folder.run('liquidity')
  expect([status.exitCode, status.stderr]).toEqual([0, ''])
  for (const part of [
    /^ {2}autopilot {2}recommend, paused: fees are high$/m,
    /^ {2}inbound +\d+\.\d %.*; [\d,.]+ sat can be received$/m,
    /^ {2}decided +blocked \(paused\): Paused: fees are high\.$/m,
    new RegExp(`^  since +20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC, ${id}$`, 'm'),
  ]) {
    expect(status.stdout).toMatch(part)
  }
  expect((await folder.run('liquidity', 'status')).stdout).toBe(status.stdout)
  const decisions = await folder.run('liquidity', 'decisions')
  expect(decisions.stdout).toMatch(/^ {2}20\S+ \d\d:\d\d +recommend +\d+\.\d % +blocked +paused/m)
  expect(decisions.stdout).toContain(`    ${id}\n`)
  const explained = JSON.parse((await folder.run('liquidity', 'explain', id, '--json')).stdout)
  expect(explained).toMatchObject({
    command: 'liquidity explain',
    configuration: path,
    decision: { id, verdict: 'blocked', reason: 'paused' },
  })
  expect((await folder.run('liquidity', 'resume', 'fees are fine')).stdout).toBe(
    'The autopilot works again.\n',
  )
  const again = await folder.run('liquidity', 'resume', 'x', '--json')
  expect(JSON.parse(again.stdout).error).toMatchObject({ code: 'liquidity.not-paused' })

  const before = readTables(`${folder.path}/payments.db`)
  const now = await folder.run('liquidity', 'recommend')
  expect([now.exitCode, now.stderr]).toEqual([0, ''])
  for (const part of [
    /^What it would do now$/m,
    /^ {2}decided +act \((inbound-low|new-channel|inbound-urgent)\): /m,
    /^Taken \(sat\)$/m,
    /^ {2}swap +swaps\.example +[\d,]+ +[\d,]+ +[\d,]+ +[\d,]+$/m,
    /^ {4}Not tried\.$/m,
  ]) {
    expect(now.stdout).toMatch(part)
  }
  // Nothing was written by asking.
  expect(readTables(`${folder.path}/payments.db`)).toEqual(before)
  for (const { stdout } of [status, decisions, now]) {
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([])
  }
  expect((await folder.run('liquidity', 'pause', 'audit')).stdout).toBe(
    'The autopilot is paused: audit\n',
  )
}, 60_000)

test('where there are no books yet, and for a decision that is none, it says so', async () => {
  using folder = openFolder()
  const path = folder.write(file, swappingShop({ options }))
  for (const argv of [['liquidity'], ['liquidity', 'decisions'], ['liquidity', 'explain', 'x']]) {
    const { exitCode, stdout } = await folder.run(...argv)
    expect({ argv, exitCode }).toEqual({ argv, exitCode: 1 })
    expect(stdout).toContain('Nothing is stored yet.')
  }
  const early = await folder.run('liquidity', 'recommend')
  expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining('Nothing is stored')])
  await withHost(path, async () => {})
  const unknown = await folder.run('liquidity', 'explain', 'x', '--json')
  expect(unknown.exitCode).toBe(1)
  expect(JSON.parse(unknown.stdout).error).toMatchObject({ code: 'liquidity.run-not-found' })
}, 60_000)
