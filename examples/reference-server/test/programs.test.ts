import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'

const source = join(import.meta.dirname, '..', 'src')
const folder = mkdtempSync(join(tmpdir(), 'reference-server-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(program: string, ...argv: string[]) {
  const env = { ...process.env, DATA: folder, NODE_OPTIONS: '' }
  const file = join(source, program)
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    const all = ['--conditions=dev-source', file, ...argv]
    execFile(process.execPath, all, { env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}

test('one command starts it on the simulated network; SIGTERM ends it without a trace', async () => {
  const start = performance.now()
  const argv = ['--conditions=dev-source', join(source, 'main.ts'), '--simulated', '--port', '0']
  const program = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(program, 'close')
  const errors = text(program.stderr)
  try {
    for await (const line of createInterface(program.stdout)) {
      const [, url, key] = /export URL=(\S+) KEY=(\S+)/.exec(line) ?? []
      if (url === undefined) continue
      console.log(`pnpm server --simulated: up after ${Math.round(performance.now() - start)} ms`)
      const headers = { authorization: `Bearer ${key}` }
      expect((await fetch(`${url}/v1/status`, { headers })).status).toBe(200)
      expect((await fetch(`${url}/v1/status`)).status).toBe(401)
      break
    }
  } finally {
    program.kill('SIGTERM')
  }
  expect(await closed).toEqual([0, null])
  const lines = (await errors).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).route)).toEqual(['/v1/status', '/v1/status'])
})

test('keys are made, listed and revoked by a command', async () => {
  const made = await run('keys.ts', 'create', 'partner:bakery', 'till')
  expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^pnk_\S+\n$/) })
  const [, id] = /Key (\w+) for partner:bakery/.exec(made.stderr) ?? []
  const listed = await run('keys.ts', 'list')
  expect(listed).toMatchObject({ exitCode: 0, stderr: '' })
  expect(listed.stdout).toContain(`partner:bakery  till\n`)
  expect(listed.stdout).not.toContain(made.stdout.trim().slice(-20))
  expect(await run('keys.ts', 'revoke', id!)).toMatchObject({
    exitCode: 0,
    stdout: `${id} (partner:bakery) is revoked.\n`,
  })
  expect((await run('keys.ts', 'list')).stdout).toContain('revoked')
  expect(await run('keys.ts', 'revoke', 'x')).toMatchObject({ exitCode: 1 })
  expect(await run('keys.ts', 'create', 'root')).toMatchObject({
    exitCode: 1,
    stderr: '"root" is no scope: operator, or partner:<id>\n',
  })
  expect(await run('keys.ts')).toMatchObject({ exitCode: 2, stdout: '' })
}, 120_000)

test('without an invoice key it says what is missing and ends', async () => {
  const { exitCode, stdout, stderr } = await run('main.ts', '--port', '0')
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toContain('keys.invoices')
  expect(stderr.split('\n').length).toBeLessThan(5)
})
