import type { Context, Identity } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { intentCounters } from '../tables/comparison.ts'
import { type IntentCounter, readCounter } from './intent-counter.ts'

/**
 * The write that counts one intent to send money, for the change that records the intent. The row is
 * there since the first comparison, without which nothing is sent.
 */
export function countIntent({ publicKey }: Identity): Write {
  return { op: 'add', table: intentCounters, key: [publicKey], column: 'count', by: 1n }
}

/**
 * Brings the counter outside up to what the books have counted, which includes every intent recorded
 * before this call. Must have resolved before LND is asked to act on such an intent. Callers at the same
 * time share one write. Rejects when the counter cannot be written: then LND must not be called.
 */
export async function writeCounterOutside(context: Context, identity: Identity): Promise<void> {
  const { intentCounter } = context.settings
  if (!intentCounter) return
  const row = await context.storage.get(intentCounters, [identity.publicKey])
  if (row) await reach(stateOf(context, intentCounter), row.count)
}

interface Outside {
  readonly counter: IntentCounter
  /** What it certainly has. */
  reached: number
  wanted: number
  writing: Promise<void> | undefined
}

const outsides = new WeakMap<object, Outside>()

function stateOf(context: Context, counter: IntentCounter): Outside {
  const known = outsides.get(context.live)
  if (known) return known
  const outside: Outside = { counter, reached: -1, wanted: -1, writing: undefined }
  outsides.set(context.live, outside)
  return outside
}

async function reach(outside: Outside, count: number): Promise<void> {
  outside.wanted = Math.max(outside.wanted, count)
  while (outside.reached < count) {
    outside.writing ??= write(outside).finally(() => {
      outside.writing = undefined
    })
    await outside.writing
  }
}

async function write(outside: Outside): Promise<void> {
  const { wanted, counter } = outside
  await counter.write(wanted)
  outside.reached = wanted
}

/** What the counter outside says; undefined when there is none or nothing was written yet. */
export async function readCounterOutside(context: Context): Promise<number | undefined> {
  const { intentCounter } = context.settings
  if (!intentCounter) return undefined
  const found = await readCounter(intentCounter)
  // It may have been replaced since we wrote it.
  stateOf(context, intentCounter).reached = found ?? -1
  return found
}
