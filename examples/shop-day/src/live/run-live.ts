import { setTimeout as pauseFor } from 'node:timers/promises'
import type { PaymentNode } from '@payment-node/core'
import { type Explanation, explain } from '../two-shops/explain.ts'
import { type MoneyFlow, readMoneyFlows } from '../two-shops/money-flows.ts'
import { pageState, type TwoShopsState } from '../two-shops/page-state.ts'
import { finishShops, type PlayedShops, story } from '../two-shops/play-two-shops.ts'
import { type Button, press } from '../two-shops/press.ts'
import { openTwoShops, type TwoShops } from '../two-shops/run-two-shops.ts'

/** Two shops that run until they are stopped. */
export interface LiveShops {
  readonly shops: TwoShops
  /** As of the last look. */
  readonly state: TwoShopsState
  /** Calls back with every new state. Answers how to stop that. */
  onState(listener: (state: TwoShopsState) => void): () => void
  press(button: Button): void
  /** What the library says about a mark; undefined: there is none. */
  explain(marker: number): Promise<readonly Explanation[] | undefined>
  /** Rejects when the story breaks. */
  readonly broken: Promise<never>
  /** Ends the story, and reads everybody's records. */
  finish(): Promise<PlayedShops>
}

/** How fast it runs. Milliseconds. */
export interface LivePace {
  /** Of the story, at once. */
  readonly step: number
  /** Of real time, between two steps. */
  readonly pause: number
  /** Of real time, between two looks. */
  readonly lookEvery: number
}

/** An hour of the story takes two seconds. */
const livePace: LivePace = { step: 180_000, pause: 100, lookEvery: 1000 }

const hour = 3_600_000
/** What the page shows of the past. */
const shown = 96 * hour

export async function runLive(pace: LivePace = livePace): Promise<LiveShops> {
  const shops = await openTwoShops(story)
  const listeners = new Set<(state: TwoShopsState) => void>()
  const questions: (() => Promise<void>)[] = []
  const ending = new AbortController()
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => undefined)
  let flows: readonly MoneyFlow[] = []

  const look = (): TwoShopsState => {
    const to = shops.now()
    const from = Math.max(story.startsAt, to - shown)
    return pageState(shops.record, flows, { from, to })
  }
  /** Asks the library between two steps: its answer takes time of the story. */
  const ask = <T>(work: (node: PaymentNode) => Promise<T>): Promise<T | undefined> =>
    new Promise((resolve, reject) => {
      questions.push(async () => {
        const { node } = shops.shop
        if (!node) return resolve(undefined)
        await shops.run(() => work(node)).then(resolve, reject)
      })
    })

  // The first channels are open before the first customer comes.
  await shops.pass(6 * hour)
  let state = look()
  const run = async (): Promise<void> => {
    let looked = performance.now()
    while (!ending.signal.aborted) {
      await shops.pass(pace.step)
      for (const question of questions.splice(0)) await question()
      if (performance.now() - looked >= pace.lookEvery) {
        looked = performance.now()
        const { node } = shops.shop
        if (node) flows = await shops.run(() => readMoneyFlows(node))
        state = look()
        for (const listener of listeners) listener(state)
      }
      await pauseFor(pace.pause)
    }
  }
  const running = run().catch(broken.reject)

  return {
    shops,
    get state() {
      return state
    },
    onState(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    press: (button) => press(shops, button),
    async explain(id) {
      const marker = shops.record.markers[id]
      if (!marker) return undefined
      const down = [{ kind: 'run', id: '', says: 'The process does not run; ask again.' }] as const
      return (await ask((node) => explain(node, marker))) ?? down
    },
    broken: broken.promise,
    async finish() {
      ending.abort()
      await running
      try {
        return await finishShops(shops)
      } finally {
        await shops.stop()
      }
    },
  }
}
