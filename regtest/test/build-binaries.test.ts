import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildBinaries } from '../build-binaries.ts'
import { waitUntil } from '../wait-until.ts'
import { withBuildLock } from '../with-build-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payment-node-regtest-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('both LND lines are there, with the protocol files of their own source', async () => {
  for (const version of ['0.21', '0.19'] as const) {
    const binaries = await buildBinaries(version)
    const files = ['lightning.proto', 'routerrpc/router.proto', 'invoicesrpc/invoices.proto']
    const paths = [binaries.lnd, binaries.btcd, ...files.map((f) => join(binaries.protoFolder, f))]
    expect([version, paths.filter((path) => !existsSync(path))]).toEqual([version, []])
    expect(binaries.protoFolder).toContain(`lnd@v${version}.`)
  }
})

test('of several processes one builds at a time', async () => {
  const processes = [1, 2, 3].map(() => holdLock(3))
  await Promise.all(processes.map((one) => once(one, 'exit')))
  const turns = readLog().filter((line) => !line.startsWith('start'))
  const pairs = [0, 2, 4].map((at) => [turns[at], turns[at + 1]])
  expect(pairs).toEqual(
    [0, 2, 4].map((at) => [turns[at], turns[at]?.replace('enter', 'leave') ?? 'nobody left']),
  )
  expect(new Set(turns).size).toBe(6)
})

test('the lock of a killed process is taken over', async () => {
  const holder = holdLock(99)
  await waitUntil('the lock to be held', () => readLog().some((line) => line.startsWith('enter')))
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  expect(existsSync(join(folder, 'lock'))).toBe(true)
  await withBuildLock(
    join(folder, 'lock'),
    () => {},
    async () => {},
  )
  expect(existsSync(join(folder, 'lock'))).toBe(false)
})

test('without Go, with an old Go, or with a wrong path, it says what to do', async () => {
  const oldGo = join(folder, 'go')
  writeFileSync(oldGo, '#!/bin/sh\necho go1.25.9\n', { mode: 0o755 })
  const cases: [NodeJS.ProcessEnv, RegExp][] = [
    [{ PATH: '/nowhere' }, /"go" did not run\. Install Go 1\.25\.10 or newer .* LND_BIN/],
    [{ PATH: `${folder}:${process.env.PATH}` }, /go1\.25\.9 is too old .* Install Go 1\.25\.10/],
    [{ LND_BIN: '/nowhere/lnd' }, /LND_BIN names \/nowhere\/lnd, which does not exist/],
  ]
  for (const [environment, words] of cases) {
    expect(await tryToBuild({ PAYMENT_NODE_CACHE: join(folder, 'cache'), ...environment })).toMatch(
      words,
    )
  }
})

function holdLock(expected: number): ChildProcess {
  const program = join(import.meta.dirname, 'programs', 'hold-build-lock.ts')
  return spawn(process.execPath, [program, folder, String(expected)], { stdio: 'inherit' })
}

function readLog(): string[] {
  const path = join(folder, 'log')
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
}

function tryToBuild(environment: NodeJS.ProcessEnv): Promise<string> {
  const program = join(import.meta.dirname, 'programs', 'build.ts')
  const env = { ...process.env, LND_BIN: '', BTCD_BIN: '', ...environment }
  return new Promise((resolve) => {
    execFile(process.execPath, [program], { env }, (error, _output, errors) =>
      resolve(error === null ? 'it was built' : errors),
    )
  })
}
