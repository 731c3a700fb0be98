import { existsSync } from 'node:fs'
import type { PaymentNode } from '@payment-node/core'
import { expect, test } from 'vitest'
import { keyOf } from '../peers/sample-ranking.ts'
import { openFolder, type ShopFolder, simulatedShop, withHost } from '../shop-folder.ts'

const file = 'payment-node.config.ts'

/** A shop whose list has its two peers and a stranger; three channels are wanted. */
function keptShop(list = 'peers', options = ''): string {
  const shop = simulatedShop({
    lines: `const peers = [
  { publicKey: payee.publicKey, address: '198.51.100.1:9735', alias: 'payee' },
  { publicKey: '${keyOf(5)}', address: '198.51.100.2:9735', alias: 'Stranger\\u202e' },
  { publicKey: payer.publicKey, address: '198.51.100.3:9735', capacity: '3000000 sat' },
]`,
    options: `
  channelSources: [peerList(${list})],
  channels: { mode: 'recommend', minimumActive: 3, settlePeriod: '0s' },
  ${options}`,
  })
  return `import { peerList } from '@payment-node/core'\n${shop}`
}

/** Resolves when the keeper has decided that it is paused. */
async function pauseAndSee(node: PaymentNode, reason: string): Promise<void> {
  const blocked = new Promise<void>((resolve) =>
    node.on('keeper.blocked', (data) => data.reason === 'paused' && resolve()),
  )
  await node.keeper.pause(reason)
  await blocked
}

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON, in which amounts are text
type Read = Record<string, any>

async function read(
  folder: ShopFolder,
  ...argv: string[]
): Promise<{ exitCode: number; json: Read }> {
  const { exitCode, stdout, stderr } = await folder.run(...argv, '--json')
  expect(stderr).toBe('')
  return { exitCode, json: JSON.parse(stdout) }
}

test('the keeper as the books have it, beside the running host and after it', async () => {
  using folder = openFolder()
  const path = folder.write(file, keptShop())
  const check = async (): Promise<void> => {
    const { exitCode, json } = await read(folder, 'keeper')
    expect(exitCode).toBe(0)
    expect(json).toMatchObject({
      command: 'keeper',
      configuration: path,
      says: null,
      keeper: {
        mode: 'recommend',
        isPaused: true,
        pausedReason: 'fees are high',
        minimum: 3,
        wanted: 3,
        active: 2,
        counted: 2,
        decision: { verdict: 'blocked', reason: 'paused' },
        openings: [],
        marks: { blacklisted: 1, 'cooling-down': 0, 'closed-by-operator': 0 },
        listTroubles: [],
        budget: { limit: '100000 sat', used: '0 sat' },
      },
    })
    expect(json.keeper.list.peers).toMatchObject([
      { rank: 1, alias: 'payee', channel: 'active', capacity: '2000000 sat', mark: null },
      { rank: 2, channel: 'none', mark: { state: 'blacklisted', reason: 'operator' } },
      { rank: 3, alias: null, channel: 'active', capacity: '3000000 sat' },
    ])
  }
  await withHost(path, async (node) => {
    await node.peers.block(keyOf(5), 'closed on us in 2025')
    await pauseAndSee(node, 'fees are high')
    await check()
  })
  await check()

  const { stdout } = await folder.run('keeper')
  expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([])
  for (const part of [
    /^ {2}keeper {4}recommend, paused: fees are high$/m,
    /^ {2}peers {5}2 of 3 channels to listed peers active, too few since 20/m,
    /^ {2}decided {3}blocked \(paused\), 20\d\d-\d\d-\d\d \d\d:\d\d UTC: The keeper is paused/m,
    /^ {2}budget {4}0 sat of 100,000 sat used in 20\d\d-\d\d$/m,
    /^ {2}marked {4}1 blacklisted$/m,
    /^ {2}coins {5}the missing channel needs about 2,\d\d\d,\d\d\d sat on chain$/m,
    /^ {3}1 {2}payee +active +2,000,000$/m,
    /^ {3}2 {2}Stranger +2,000,000 {2}blacklisted 20\d\d-\d\d-\d\d: operator$/m,
    /^ {3}3 {2}0[23][0-9a-f]{13}… +active +3,000,000$/m,
  ]) {
    expect(stdout).toMatch(part)
  }
  const some = await folder.run('keeper', '--limit', '1')
  expect(some.stdout).toContain('List, the first 1 of 3')

  const status = await folder.run('status')
  for (const part of [
    /^ {2}keeper {6}recommend, paused: fees are high$/m,
    /^ {2}peers {7}2 of 3 channels to listed peers active/m,
    /^ {2}decided {5}blocked \(paused\)/m,
    /^ {2}marked {6}1 blacklisted$/m,
  ]) {
    expect(status.stdout).toMatch(part)
  }
}, 20_000)

test('its decisions, and what it would have done', async () => {
  using folder = openFolder()
  const path = folder.write(file, keptShop())
  await withHost(path, async (node) => {
    await pauseAndSee(node, 'first')
  })
  const { json } = await read(folder, 'keeper', 'decisions')
  expect(json.command).toBe('keeper decisions')
  expect(json.decisions[0]).toMatchObject({
    mode: 'recommend',
    verdict: 'blocked',
    reason: 'paused',
    details: { says: 'The keeper is paused: first.', active: 2, wanted: 3 },
  })
  const { stdout } = await folder.run('keeper', 'decisions', '--limit', '1')
  expect(stdout).toMatch(
    /^ {2}20\d\d-\d\d-\d\d \d\d:\d\d +recommend +blocked +paused\n {4}The keeper is paused: first\.$/m,
  )
  const week = await read(folder, 'keeper', 'report')
  expect(week.json).toMatchObject({ command: 'keeper report', week: { cost: '0 sat' } })
  expect(week.json.week.times.map(({ reason }: { reason: string }) => reason)).toContain('paused')
  const shown = await folder.run('keeper', 'report', '--days', '30')
  expect(shown.stdout).toContain('It had nothing to open.')
  expect(shown.stdout).toMatch(/^ {2}blocked +paused +\d+\.\d %$/m)
})

test('pause, resume, block and allow change the books of a host that does not run', async () => {
  using folder = openFolder()
  const path = folder.write(file, keptShop())
  const key = keyOf(5)
  await withHost(path, async () => {
    // Its engine lets one process in: the running host has verbs of its own.
    const { exitCode, stderr } = await folder.run('keeper', 'pause', 'audit')
    expect({ exitCode, says: stderr.replace(/\s+/g, ' ') }).toMatchObject({
      exitCode: 1,
      says: expect.stringMatching(/are open in another process.*Call the same verb of the running/),
    })
  })
  const paused = await read(folder, 'keeper', 'pause', 'audit until Monday')
  expect(paused.json).toMatchObject({
    command: 'keeper pause',
    keeper: { isPaused: true, reason: 'audit until Monday' },
  })
  expect((await read(folder, 'keeper')).json.keeper.pausedReason).toBe('audit until Monday')
  expect((await folder.run('keeper', 'resume', 'audited')).stdout).toBe('The keeper works again.\n')
  const again = await read(folder, 'keeper', 'resume', 'audited')
  expect(again).toMatchObject({ exitCode: 1, json: { error: { code: 'keeper.not-paused' } } })

  expect((await folder.run('peers', 'block', key, 'slow')).stdout).toBe(`Blocked: ${key}\n`)
  const { json } = await read(folder, 'peers', 'list')
  expect(json.marks).toMatchObject([{ publicKey: key, state: 'blacklisted', says: 'slow' }])
  const { stdout } = await folder.run('peers', 'list')
  expect(stdout).toMatch(
    new RegExp(`^  ${key}\n {6}blacklisted 20\\d\\d-\\d\\d-\\d\\d: operator\\. slow$`, 'm'),
  )
  const allowed = await read(folder, 'peers', 'allow', key, 'fast again')
  expect(allowed.json.mark).toMatchObject({ publicKey: key, says: 'slow' })
  expect((await folder.run('peers', 'list')).stdout).toBe('No peer is marked\n')
  const unknown = await read(folder, 'peers', 'allow', key, 'why not')
  expect(unknown).toMatchObject({ exitCode: 1, json: { error: { code: 'peer.not-marked' } } })
  const wrong = await read(folder, 'peers', 'block', 'Alice', 'slow')
  expect(wrong).toMatchObject({ exitCode: 1, json: { error: { code: 'input.invalid' } } })
  await withHost(path, async (node) => {
    // Nothing else was written in between: no state of the node, no work.
    const types = (await node.events.after('0')).map(({ type }) => type)
    const first = types.indexOf('keeper.paused')
    expect(types.slice(first, first + 4)).toEqual([
      'keeper.paused',
      'keeper.resumed',
      'peer.blacklisted',
      'peer.allowed',
    ])
    expect(types).not.toContain('node.degraded')
  })
}, 20_000)

test('nothing is made where there are no books yet', async () => {
  using folder = openFolder()
  folder.write(file, keptShop())
  for (const argv of [
    ['keeper'],
    ['keeper', 'decisions'],
    ['keeper', 'report'],
    ['peers', 'list'],
  ]) {
    const { exitCode, stdout } = await folder.run(...argv)
    expect({ argv, exitCode }).toEqual({ argv, exitCode: 1 })
    expect(stdout).toContain('Nothing is stored yet.')
  }
  const { exitCode, stderr } = await folder.run('keeper', 'pause', 'audit')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Nothing was changed.')
  expect(existsSync(`${folder.path}/payments.db`)).toBe(false)
})

test('a list that cannot be used is told with its line, and the rest is shown without it', async () => {
  using folder = openFolder()
  await withHost(folder.write(file, keptShop()), async (node) => {
    await node.peers.block(keyOf(5), 'slow')
  })
  folder.write('peers.json', `[\n{ "publicKey": "${keyOf(6)}" }\n]`)
  folder.write('other.config.ts', keptShop("'peers.json'"))
  const { exitCode, stdout } = await folder.run('keeper', '--config', 'other.config.ts')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^ {2}list {6}peers\.json, line 2, entry 1: address: expected text\.$/m)
  expect(stdout).toContain('1 blacklisted')
  const status = await folder.run('status', '--config', 'other.config.ts')
  expect(status.stdout).toContain('peers.json, line 2, entry 1')
  const doctor = await read(folder, 'doctor', '--config', 'other.config.ts')
  expect(doctor.exitCode).toBe(1)
  expect(doctor.json.checks).toContainEqual({
    about: 'configuration',
    check: 'peers',
    result: 'failed',
    says: 'peers.json, line 2, entry 1: address: expected text.',
    advice: expect.stringContaining('Correct it'),
  })
})
