import type { AnyEvent, EventType, PaymentNodeEvent } from '@payment-node/core'
import type { SimulatedProcess } from './open-process.ts'
import type { World } from './world.ts'

/** What a fault does to a handler; undefined: it works. */
export type HandlerTrouble = (
  consumer: string,
  event: PaymentNodeEvent,
) => 'throw' | { readonly sleepMilliseconds: number } | undefined

const troubles = new WeakMap<World, HandlerTrouble>()

/** Makes the host's handlers fail or take long; undefined: they work. */
export function troubleHandlers(world: World, trouble: HandlerTrouble | undefined): void {
  if (trouble) troubles.set(world, trouble)
  else troubles.delete(world)
}

/** All events with their subjects as an invariant wants them: written down when a handler has finished. */
const everything: readonly EventType[] = [
  'node.ready',
  'node.degraded',
  'node.recovered',
  'invoice.created',
  'invoice.settled',
  'invoice.available',
  'invoice.expired',
  'invoice.canceled',
  'payout.queued',
  'payout.canceled',
  'payout.sending',
  'payout.succeeded',
  'payout.failed',
  'payout.unknown',
  'payout.revived',
  'channel.opening',
  'channel.active',
  'channel.inactive',
  'channel.closing',
  'channel.closed',
]

/** The durable handlers of the host, in each process. */
export function followEvents(world: World, process: SimulatedProcess): void {
  const follow = (consumer: string, types: readonly EventType[]): void => {
    process.node.handle(types, { consumer, from: 'beginning' }, async (_, event) => {
      const trouble = troubles.get(world)?.(consumer, event)
      if (trouble === 'throw') throw new Error('the handler fails')
      if (trouble) await process.clock.sleep(trouble.sleepMilliseconds)
      const handled = world.records.handled.get(consumer) ?? []
      handled.push({
        id: event.id,
        type: event.type,
        subject: subjectOf(event as AnyEvent),
        cursor: BigInt(event.cursor),
      })
      world.records.handled.set(consumer, handled)
      world.trace.write(`${process.name} handled ${consumer} ${event.cursor} ${event.type}`)
    })
  }
  follow('everything', everything)
  follow('orders', ['invoice.settled'])
}

function subjectOf({ data }: AnyEvent): string {
  if ('invoice' in data) return `invoice/${data.invoice.id}`
  if ('payout' in data) return `payout/${data.payout.id}`
  if ('channel' in data) return `channel/${data.channel.channelPoint}`
  return 'node'
}
