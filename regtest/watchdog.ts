/**
 * A process of its own that outlives the harness by a moment: when its standard input ends, because
 * the harness ended in whatever way (SIGKILL included), it kills what is still registered and
 * removes the folders. Input: one JSON array per line, `[verb, value]`.
 */
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { isRunning, type ProcessIdentity, signalProcess } from './process-identity.ts'

const processes = new Map<number, ProcessIdentity>()
const folders = new Set<string>()

// A Ctrl-C at the terminal must reach the harness only.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, value] = JSON.parse(line) as
    | ['guard', ProcessIdentity]
    | ['forget', number]
    | ['guard-folder' | 'forget-folder', string]
  if (verb === 'guard') processes.set(value.pid, value)
  else if (verb === 'forget') processes.delete(value)
  else if (verb === 'guard-folder') folders.add(value)
  else folders.delete(value)
}

for (const identity of processes.values()) signalProcess(identity, 'SIGKILL')
for (let look = 0; look < 100 && [...processes.values()].some(isRunning); look++) await delay(20)
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
