import type { Actor } from './actor.ts'
import type { Operation, ProcessOperation } from './operation.ts'
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
  // Without a channel, whether and when somebody connects again hangs on what LNDs remember of each other.
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
    await actor.streams.subscribe()
  }
  return actor.process
}

async function hasChannel({ world }: Actor): Promise<boolean> {
  const channels = await world.node.listChannels().catch(() => [])
  return channels.length > 0
}
