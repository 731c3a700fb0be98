import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { type Ended, openFolder, simulatedShop } from './shop-folder.ts'

const entry = join(import.meta.dirname, '..', 'src', 'index.ts')

function start(cwd: string, program: string, ...argv: string[]): Promise<Ended> {
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=dev-source', program, ...argv],
      // One that does not end by itself must not outlive the test.
      { cwd, env, timeout: 20_000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) =>
        resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}

test('the program runs in a process of its own, also through a link, and ends by itself', async () => {
  using folder = openFolder()
  // Something that the host's file holds open must not keep the command running.
  const lines = 'shop.lock()\nsetInterval(() => {}, 1000)'
  folder.write('payment-node.config.ts', simulatedShop({ lines }))
  folder.write('package.json', '{ "type": "module" }')
  const link = join(folder.path, 'payment-node')
  symlinkSync(entry, link)
  const ended = await start(folder.path, link, 'doctor', '--json')
  expect(ended).toMatchObject({ exitCode: 1, stderr: '' })
  expect(JSON.parse(ended.stdout)).toMatchObject({ command: 'doctor', result: 'failed' })
}, 30_000)

test('importing the package runs nothing', async () => {
  using folder = openFolder()
  const source = `import { run } from ${JSON.stringify(entry)}\nconsole.log(typeof run)`
  const importing = folder.write('importing.mjs', source)
  expect(await start(folder.path, importing, 'nonsense')).toEqual({
    exitCode: 0,
    stdout: 'function\n',
    stderr: '',
  })
}, 30_000)

test('a reader that has seen enough ends it without a complaint', async () => {
  const argv = ['--conditions=dev-source', entry, 'macaroons', 'channels']
  const program = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  program.stdout.destroy()
  const stderr = text(program.stderr)
  const [exitCode] = await once(program, 'close')
  expect({ exitCode, stderr: await stderr }).toEqual({ exitCode: 0, stderr: '' })
}, 30_000)
