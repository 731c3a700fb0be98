import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildBinaries } from '../build-binaries.ts'
import { attachNetwork, type NetworkDetails } from '../network.ts'
import { identifyProcess, isRunning } from '../process-identity.ts'
import type { RunningNetworkFile } from '../running-network-file.ts'

// A network of its own, so that a person's network is left alone.
const home = mkdtempSync(join(tmpdir(), 'payment-node-regtest-test-'))
const file = join(home, 'running-network.json')
let environment: NodeJS.ProcessEnv

beforeAll(async () => {
  const { lnd, btcd, protoFolder } = await buildBinaries()
  environment = {
    ...process.env,
    PAYMENT_NODE_CACHE: home,
    TMPDIR: home,
    LND_BIN: lnd,
    BTCD_BIN: btcd,
    LND_PROTO_FOLDER: protoFolder,
  }
})
afterAll(async () => {
  await run('down')
  rmSync(home, { recursive: true })
})

test('up leaves a network that others can use, status tells of it, down ends it', async () => {
  const none = await run('status')
  expect([none.code, none.output]).toEqual([1, 'No network is running.\n'])

  const started = await run('up', '--json', '--network', 'regtest')
  expect([started.code, started.errors.split('\n')[0]]).toEqual([
    0,
    expect.stringContaining('starting btcd'),
  ])
  const details = JSON.parse(started.output) as NetworkDetails
  const again = await run('up')
  expect(again.output).toContain('The network was running already')
  for (const { publicKey, rpcAddress, certificatePath, macaroonPath } of details.nodes) {
    for (const shown of [publicKey, rpcAddress, certificatePath, macaroonPath]) {
      expect(again.output).toContain(shown)
    }
  }

  const network = attachNetwork(details)
  const invoice = await network.node('carol').addInvoice({ value_msat: '1000' })
  expect(invoice.payment_request).toMatch(/^lnbcrt/)
  expect((await network.node('alice').pay(invoice.payment_request)).status).toBe('SUCCEEDED')
  await network.remove()

  const status = await run('status', '--json')
  const parts = JSON.parse(status.output) as { name: string; running: boolean }[]
  expect([status.code, parts.map(({ name, running }) => `${name} ${running}`)]).toEqual([
    0,
    ['btcd true', 'alice true', 'bob true', 'carol true'],
  ])

  const processes = (JSON.parse(readFileSync(file, 'utf8')) as RunningNetworkFile).processes
  const ended = await run('down')
  expect([ended.code, ended.output]).toEqual([0, 'The network has ended.\n'])
  expect(processes.filter(({ identity }) => isRunning(identity))).toEqual([])
  expect(readdirSync(home)).toEqual([])
})

test('down leaves a process alone that merely has the id of one of ours', async () => {
  const stranger = spawn('sleep', ['600'])
  const identity = { pid: stranger.pid as number, startedAt: 'some other time' }
  const processes = [{ name: 'btcd', identity, folder: join(home, 'folder') }]
  writeFileSync(file, JSON.stringify({ network: { nodes: [] }, processes }))
  const ended = await run('down')
  expect(ended.errors).toContain('is another program now')
  expect(identifyProcess(identity.pid)).toBeDefined()
  expect(existsSync(file)).toBe(false)
  stranger.kill()
})

test('a wrong command shows how to use it', async () => {
  for (const args of [[], ['sideways'], ['up', '--network', 'mainnet'], ['up', '--bogus']]) {
    const { code, errors } = await run(...args)
    expect([args, code === 0, /regtest up|bogus/.test(errors)]).toEqual([args, false, true])
  }
  expect(readdirSync(home)).toEqual([])
})

async function run(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const program = join(import.meta.dirname, '..', 'cli.ts')
  const result = promisify(execFile)(process.execPath, [program, ...args], { env: environment })
  return result.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout, errors: stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout,
      errors: error.stderr,
    }),
  )
}
