import { setTimeout as pauseFor } from 'node:timers/promises'
import type { Debt } from './audit/gather-evidence.ts'
import { clockFace } from './clock-face.ts'
import {
  createDayRecord,
  type DayRecord,
  type LineKind,
  type Sample,
  takeSample,
} from './day-record.ts'
import { formatLine } from './print-line.ts'
import type { Shop } from './processes/open-shop.ts'

/** Where a story plays: the shop's process, what is told about it, and what is written down. */
export interface Stage {
  readonly shop: Shop
  readonly record: DayRecord
  /** What the shop means to pay, for the audit. */
  readonly debts: Map<string, Debt>
  /** Invoices that the durable handler told of as settled, for the audit. */
  readonly toldAsSettled: ReadonlySet<string>
  now(): number
  /** Prints a line of the timeline, notes it, and gives the reader a moment. */
  tell(kind: LineKind, text: string): Promise<void>
  /** Notes what the shop sees, if it runs. */
  sample(): Promise<Sample | undefined>
  /** The process is gone; tells it. `killing` resolves when it is. */
  mourn(text: string, killing?: Promise<void>): Promise<void>
  /** Starts the killed process again. */
  revive(): Promise<void>
}

export interface StageOptions {
  readonly shop: Shop
  now(): number
  /** Milliseconds of real time after each line. */
  readonly pause: number
  /** Seconds in the times. */
  readonly isPrecise: boolean
  readonly output: NodeJS.WritableStream
}

export function createStage({ shop, now, pause, isPrecise, output }: StageOptions): Stage {
  const record = createDayRecord(shop)
  const toldAsSettled = new Set<string>()
  shop.onEvent(({ type, data }) => {
    if (type === 'invoice.settled') toldAsSettled.add(data.invoice.id)
  })
  const stage: Stage = {
    shop,
    record,
    debts: new Map(),
    toldAsSettled,
    now,
    async tell(kind, text) {
      record.lines.push({ at: now(), kind, text })
      output.write(`${formatLine(clockFace(now(), isPrecise), kind, text, output)}\n`)
      await stage.sample()
      if (pause > 0) await pauseFor(pause)
    },
    async sample() {
      return shop.isRunning ? takeSample(record, shop, now()) : undefined
    },
    async mourn(text, killing = shop.kill()) {
      record.kills.push({ from: now(), to: now() })
      await killing
      await stage.tell('killed', text)
    },
    async revive() {
      await shop.start()
      record.kills.at(-1)!.to = now()
    },
  }
  return stage
}

/** Waits for something that happens outside of this process, or of the story's control. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await pauseFor(10)
  }
}

/** After LND came back, its peers connect a moment later. */
export function channelsAreActive(shop: Shop): Promise<void> {
  return until('the channels to be active', async () => {
    const { channels } = await shop.look()
    return channels.length > 0 && channels.every(({ state }) => state === 'active')
  })
}
