import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { identifyProcess, isRunning } from '../process-identity.ts'
import { waitUntil } from '../wait-until.ts'

interface Started {
  readonly pid: number
  readonly folder: string
}

test('no btcd, no lnd and no folder survives the harness, however it ends', {
  timeout: 300_000,
}, async () => {
  const survivors: string[] = []
  for (const end of ['SIGKILL', 'SIGINT', 'SIGTERM', 'throw', 'exit'] as const) {
    const harness = startHarness(end)
    const started = await readStarted(harness)
    const processes = started.map(({ pid }) => identifyProcess(pid))
    // An end by signal happens while all is running; the others end by themselves right away.
    if (end.startsWith('SIG')) {
      expect([end, processes.filter((one) => one !== undefined).length]).toEqual([end, 2])
      harness.kill(end as NodeJS.Signals)
    }
    await waitUntil(`the harness to end by ${end}`, () => hasEnded(harness))
    const gone = waitUntil(`everything to be gone after ${end}`, () =>
      started.every(
        ({ folder }, index) =>
          !existsSync(folder) && !(processes[index] && isRunning(processes[index])),
      ),
    )
    await gone.catch((error: unknown) => survivors.push(`${end}: ${error}`))
  }
  expect(survivors).toEqual([])
})

test('nothing is left when the harness is killed while it starts', async () => {
  const home = mkdtempSync(join(tmpdir(), 'payment-node-regtest-killed-'))
  for (const line of ['btcd is up', 'mortal runs']) {
    const harness = startHarness('SIGKILL', { TMPDIR: home })
    for await (const printed of createInterface({ input: harness.stderr as Readable })) {
      if (printed.includes(line)) break
    }
    expect([line, readdirSync(home).length > 0]).toEqual([line, true])
    harness.kill('SIGKILL')
    await waitUntil(`no folder and no process in ${home}`, () => {
      const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      return readdirSync(home).length === 0 && !processes.includes(home)
    })
  }
  rmdirSync(home)
})

function startHarness(end: string, environment: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(
    process.execPath,
    [join(import.meta.dirname, 'programs', 'start-and-wait.ts'), end],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    },
  )
}

async function readStarted(harness: ChildProcess): Promise<Started[]> {
  const errors: string[] = []
  harness.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text))
  const lines = createInterface({ input: harness.stdout as Readable })
  const line = await Promise.race([
    once(lines, 'line').then(([first]) => first as string),
    once(harness, 'exit').then(() => {
      throw new Error(`the harness ended early: ${errors.join('')}`)
    }),
  ])
  return JSON.parse(line) as Started[]
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
