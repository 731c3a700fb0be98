import type { Actor } from './actor.ts'
import type { Operation, ProcessOperation } from './operation.ts'
import { outcomeOf } from './outcome-of.ts'
import { performChannelOperation } from './perform-channel-operation.ts'
import { performHoldOperation } from './perform-hold-operation.ts'
import { performInvoiceOperation } from './perform-invoice-operation.ts'
import { performPaymentOperation } from './perform-payment-operation.ts'
import { performReadingOperation } from './perform-reading-operation.ts'
import type { Result } from './receive-payment.ts'

/** Does one operation in one world and resolves with what it showed. */
export function performOperation(actor: Actor, operation: Operation): Promise<Result> {
  switch (operation.kind) {
    case 'create-invoice':
    case 'create-again':
    case 'create-expiring':
    case 'cancel-invoice':
    case 'cancel-unknown':
    case 'look-up-unknown':
    case 'list-invoices':
    case 'receive':
    case 'receive-keysend':
      return performInvoiceOperation(actor, operation)
    case 'pay':
    case 'pay-again':
    case 'pay-own':
    case 'pay-malformed':
    case 'decode':
    case 'track-unknown':
    case 'list-payments':
      return performPaymentOperation(actor, operation)
    case 'start-paying':
    case 'pay-hold':
    case 'settle-hold':
    case 'cancel-hold':
      return performHoldOperation(actor, operation)
    case 'open-channel':
    case 'close-channel':
    case 'close-again':
    case 'close-unknown':
    case 'abandon-unknown':
    case 'connect':
    case 'mine':
      return performChannelOperation(actor, operation)
    case 'new-address':
    case 'estimate-feerate':
    case 'required-reserve':
    case 'publish':
    case 'find-node':
    case 'write-policy':
    case 'forward':
      return performReadingOperation(actor, operation)
    default:
      return performProcessOperation(actor, operation)
  }
}

async function performProcessOperation(actor: Actor, operation: ProcessOperation): Promise<Result> {
  const { kind } = operation
  const isStopping = kind === 'stop' || kind === 'restart'
  // Without a channel there is nobody to connect to, and without a peer no graph.
  const stops = isStopping && (await hasChannel(actor))
  const starts = kind === 'start-locked' || kind === 'restart'
  const unlocks = kind === 'unlock' || kind === 'restart'
  if (stops && actor.process !== 'stopped') {
    await actor.world.stop()
    actor.process = 'stopped'
  }
  if (starts && actor.process === 'stopped') {
    await actor.world.startLocked()
    actor.process = 'locked'
  }
  if (unlocks && actor.process === 'locked') {
    await actor.world.unlock()
    actor.process = 'running'
    await connectStrangers(actor)
    await actor.streams.subscribe()
  }
  return actor.process
}

/**
 * Whether LND is connected again, after a start, to whom it shares no channel with any more changes from
 * start to start (0.21.2, tried), so they are connected by hand.
 */
async function connectStrangers({ world }: Actor): Promise<void> {
  const { node, publicKeys, addresses } = world
  const [open, pending] = await Promise.all([
    node.listChannels().catch(() => []),
    node.listPendingChannels().catch(() => []),
  ])
  const kept = pending.filter(({ state }) => state !== 'force-closing')
  const partners = new Set([...open, ...kept].map(({ peer }) => peer))
  for (const party of ['peer', 'payee'] as const) {
    if (partners.has(publicKeys[party])) continue
    await outcomeOf(node.opener!.connect(publicKeys[party], addresses[party]))
  }
}

async function hasChannel({ world }: Actor): Promise<boolean> {
  const channels = await world.node.listChannels().catch(() => [])
  return channels.length > 0
}
