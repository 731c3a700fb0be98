import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type {
  Amount,
  AnyEvent,
  Balances,
  Channel,
  ChannelOpening,
  EventType,
  Invoice,
  InvoiceInput,
  InvoiceOptions,
  KeeperStatus,
  LightningNode,
  PartnerInput,
  PaymentNodeEvent,
  Payout,
  PayoutInput,
  PayoutOptions,
  Status,
} from '@payment-node/core'
import type { StoryClock } from '../story-clock.ts'
import { serveLightning } from './lightning-over-link.ts'
import { createLink, type Link, type Message } from './link.ts'
import type { ShopSettings } from './shop-settings.ts'

/** A value that has crossed between two processes: amounts have lost their methods. */
export type Plain<T> = T extends Amount
  ? { readonly msat: bigint }
  : T extends object
    ? { readonly [K in keyof T]: Plain<T[K]> }
    : T

/** What the shop's process sees at one moment. */
export interface ShopView {
  readonly status: Plain<Status>
  readonly channels: readonly Plain<Channel>[]
  readonly balances: Plain<Balances>
}

/** The shop's process, as the story and its owner see it. */
export interface Shop {
  readonly isRunning: boolean
  /** SIGKILLs so far. */
  readonly kills: number
  /** Starts the process on the same books, and the library in it. */
  start(): Promise<void>
  /** Ends the library and the process in good order. */
  stop(): Promise<void>
  /** SIGKILL, sent before this returns; resolves when the process is gone. */
  kill(): Promise<void>
  /** The process must learn of every skip of the story's clock. */
  skip(milliseconds: number): void

  upsertPartner(input: PartnerInput): Promise<unknown>
  createInvoice(input: InvoiceInput, options: InvoiceOptions): Promise<Plain<Invoice>>
  cancelInvoice(id: string): Promise<Plain<Invoice>>
  requestPayout(input: PayoutInput, options: PayoutOptions): Promise<Plain<Payout>>
  getPayout(id: string): Promise<Plain<Payout>>
  halt(reason: string): Promise<unknown>
  resume(reason: string): Promise<unknown>
  look(): Promise<ShopView>
  keeperStatus(): Promise<Plain<KeeperStatus>>
  depositAddress(): Promise<string>
  /** Newest first. */
  openings(): Promise<readonly Plain<ChannelOpening>[]>

  /** How often the durable handler told of each event, by the event's id. */
  readonly told: ReadonlyMap<string, number>
  /** The first event of that type that fits, told before or later. Fails after 15 seconds of real time. */
  heard<T extends EventType>(
    type: T,
    fits?: (data: Plain<PaymentNodeEvent<T>['data']>, occurredAt: number) => boolean,
  ): Promise<Plain<PaymentNodeEvent<T>['data']>>
  /** Hears every event once, in order. */
  onEvent(listener: (event: Plain<AnyEvent>) => void): void
}

const patience = 15_000

export function openShop(options: {
  readonly settings: Omit<ShopSettings, 'time'>
  readonly clock?: StoryClock
  /** Served to the process when it has no LND of its own. */
  readonly lightning?: LightningNode
}): Shop {
  const { settings, clock, lightning } = options
  const events: Plain<AnyEvent>[] = []
  const told = new Map<string, number>()
  const listeners = new Set<(event: Plain<AnyEvent>) => void>()
  let running: { readonly child: ChildProcess; readonly link: Link } | undefined
  let kills = 0

  const hear = (event: Plain<AnyEvent>): void => {
    const times = told.get(event.id) ?? 0
    told.set(event.id, times + 1)
    if (times > 0) return
    events.push(event)
    for (const listener of [...listeners]) listener(event)
  }

  const spawn = (): { child: ChildProcess; link: Link } => {
    const child = fork(new URL('./shop-process.ts', import.meta.url), {
      serialization: 'advanced',
      execArgv: ['--conditions=dev-source'],
    })
    const link = createLink(
      {
        // A process that was killed this moment may still be written to.
        send: (message) => child.send(message, () => undefined),
        onMessage: (listener) => child.on('message', (message) => listener(message as Message)),
      },
      {
        ...(lightning && serveLightning(lightning)),
        told: ([event]) => hear(event as Plain<AnyEvent>),
      },
    )
    child.once('exit', () => {
      if (running?.child === child) running = undefined
      link.close(new Error('the process of the shop ended'))
    })
    return { child, link }
  }
  const ask = async <Answer>(name: string, ...given: unknown[]): Promise<Answer> => {
    if (!running) throw new Error('the process of the shop does not run')
    return (await running.link.ask(name, given)) as Answer
  }
  const gone = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  return {
    get isRunning() {
      return running !== undefined
    },
    get kills() {
      return kills
    },
    told,
    async start() {
      running = spawn()
      await ask('start', { ...settings, ...(clock && { time: clock.time }) })
    },
    async stop() {
      if (!running) return
      const { child } = running
      await ask('stop')
      child.disconnect()
      await gone(child)
    },
    async kill() {
      if (!running) return
      const { child, link } = running
      running = undefined
      child.kill('SIGKILL')
      link.close(new Error('the process of the shop was killed'))
      kills++
      await gone(child)
    },
    skip(milliseconds) {
      clock?.skip(milliseconds)
      if (running) void ask('skip', milliseconds).catch(() => undefined)
    },
    upsertPartner: (input) => ask('upsertPartner', input),
    createInvoice: (input, invoiceOptions) => ask('createInvoice', input, invoiceOptions),
    cancelInvoice: (id) => ask('cancelInvoice', id),
    requestPayout: (input, payoutOptions) => ask('requestPayout', input, payoutOptions),
    getPayout: (id) => ask('getPayout', id),
    halt: (reason) => ask('halt', reason),
    resume: (reason) => ask('resume', reason),
    look: () => ask('look'),
    keeperStatus: () => ask('keeperStatus'),
    depositAddress: () => ask('depositAddress'),
    openings: () => ask('openings'),
    onEvent(listener) {
      listeners.add(listener)
    },
    heard(type, fits = () => true) {
      const { promise, resolve, reject } = Promise.withResolvers<never>()
      const look = (event: Plain<AnyEvent>): void => {
        if (event.type === type && fits(event.data as never, event.occurredAt))
          resolve(event.data as never)
      }
      const timer = setTimeout(() => reject(new Error(`nobody told of ${type}`)), patience)
      listeners.add(look)
      for (const event of events) look(event)
      return promise.finally(() => {
        clearTimeout(timer)
        listeners.delete(look)
      })
    },
  }
}
