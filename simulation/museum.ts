import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunPlan } from '@payment-node/testkit'
import { applyPatch, parsePatch } from 'diff'

const folder = join(import.meta.dirname, 'bugs')
const repository = join(import.meta.dirname, '..')

/** A way in which a real system lost money, as a small change to core. */
export interface Bug {
  /** Name of its two files in `simulation/bugs`. */
  readonly name: string
  /** Where it happened. */
  readonly incident: string
  /** What the change does. */
  readonly says: string
  /** A run that showed it: found by the search, replayed first. */
  readonly recorded?: {
    readonly invariant: string
    /** Whole, so that it stays the same when seeds come to mean something else. */
    readonly plan: RunPlan
  }
}

export function bugNames(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.diff'))
    .map((file) => file.slice(0, -'.diff'.length))
    .sort()
}

export function bugFile(name: string, ending: 'diff' | 'json'): string {
  return join(folder, `${name}.${ending}`)
}

export function readBug(name: string): Bug {
  if (!bugNames().includes(name)) {
    throw new Error(`There is no bug ${JSON.stringify(name)}; known: ${bugNames().join(', ')}`)
  }
  return { name, ...(JSON.parse(readFileSync(bugFile(name, 'json'), 'utf8')) as object) } as Bug
}

/** Path of each file that the bug changes → its text with the bug in it. Throws when the change no longer fits. */
export function plantedFiles(name: string): ReadonlyMap<string, string> {
  const planted = new Map<string, string>()
  for (const patch of parsePatch(readFileSync(bugFile(name, 'diff'), 'utf8'))) {
    const path = patch.newFileName?.replace(/^b\//, '')
    if (!path?.startsWith('packages/core/src/')) {
      throw new Error(`${name}: a bug changes core only, not ${path ?? 'nothing'}`)
    }
    const file = join(repository, path)
    const text = applyPatch(readFileSync(file, 'utf8'), patch)
    if (text === false) throw new Error(`${name}: the change no longer applies to ${path}`)
    planted.set(file, text)
  }
  if (planted.size === 0) throw new Error(`${name}: the change is empty`)
  return planted
}
