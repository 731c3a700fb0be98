import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hunt } from './hunt-bug.ts'
import { bugFile, plantedFiles, readBug } from './museum.ts'

/** Which seeds are searched when the recorded run does not show the bug. */
export interface BugSearch {
  readonly seeds?: number
  readonly from: number
}

/** Seeds in which every bug has to show. */
const mostSeeds = 2000

/** Runs the simulator on core with this bug in it, in a process of its own. */
export async function huntBug(
  name: string,
  { from, seeds = mostSeeds }: BugSearch,
  onSearched: (count: number) => void = () => undefined,
): Promise<Hunt> {
  plantedFiles(name)
  const here = import.meta.dirname
  const child = fork(join(here, 'hunt-bug.ts'), [name, String(from), String(seeds)], {
    execArgv: ['--conditions=dev-source', '--import', join(here, 'plant-bug.ts')],
    env: { ...process.env, PAYMENT_NODE_BUG: name },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    let found: Hunt | undefined
    child.on('message', (message: { hunt?: Hunt; searched?: number }) => {
      if (message.searched !== undefined) onSearched(message.searched)
      found = message.hunt ?? found
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (found) resolve(found)
      else reject(new Error(`${name}: the search ended with code ${code}`))
    })
  })
}

/** `pnpm simulate --bug NAME`: answers the exit code, 0 when it was caught. */
export async function runWithBug(name: string, search: BugSearch): Promise<number> {
  const bug = readBug(name)
  process.stdout.write(`${name} (${bug.incident}): ${bug.says}\n`)
  const found = await huntBug(name, search, (count) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${count} seeds searched`)
  })
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K')
  process.stdout.write(`${tellHunt(found)}\n`)
  if (found.caught === 'not') return 1
  if (found.caught === 'by-search') {
    const { invariant, plan } = found
    const kept = { ...bug, name: undefined, recorded: { invariant, plan } }
    writeFileSync(bugFile(name, 'json'), `${JSON.stringify(kept, null, 2)}\n`)
    process.stdout.write(`Recorded in simulation/bugs/${name}.json.\n`)
  }
  return 0
}

export function tellHunt({ caught, invariant, seed, searched }: Hunt): string {
  if (caught === 'not') return `NOT caught in ${searched} seeds`
  if (caught === 'by-record') return `caught by its recorded run, which breaks ${invariant}`
  return `caught after ${searched} seeds: seed ${seed} breaks ${invariant}`
}
