import type { AnyEvent } from '@payment-node/core'
import { inSat } from '../clock-face.ts'
import type { Explains, Marker, MarkerKind } from './record.ts'

/** Makes points of the chart from the library's events, and remembers which decision each follows from. */
export function createNotes(aliasOf: (publicKey: string) => string): {
  /** undefined: nothing for the chart. */
  markerOf(event: AnyEvent): Marker | undefined
} {
  /** Urgency of the runs, by id, and the newest one that pays a partner. */
  const urgencies = new Map<string, string>()
  const payers = new Map<string, string>()

  return {
    markerOf(event) {
      const at = event.occurredAt
      const mark = (kind: MarkerKind, text: string, ...explains: Explains[]): Marker => ({
        at,
        kind,
        text,
        explains,
      })
      switch (event.type) {
        case 'liquidity.acting': {
          const { id, urgency, actions } = event.data.run
          urgencies.set(id, urgency)
          for (const { lever, subject } of actions) if (lever !== 'swap') payers.set(subject, id)
          return undefined
        }
        case 'channel.active': {
          const { peer, capacity, isInitiator, channelPoint } = event.data.channel
          const says = `channel of ${inSat(capacity.msat)} with ${aliasOf(peer)}`
          return isInitiator
            ? mark('opened', `opened: ${says}`, { kind: 'opening', id: channelPoint })
            : mark('opened', `${says}, which opened it`)
        }
        case 'channel.closing':
          return mark('trouble', `channel with ${aliasOf(event.data.channel.peer)} is closing`)
        case 'peer.blacklisted': {
          const { publicKey, reason } = event.data.peer
          return mark('trouble', `${aliasOf(publicKey)} is on the blacklist: ${reason}`)
        }
        case 'keeper.blocked':
          return mark('blocked', `keeper blocked: ${event.data.reason}. ${event.data.says}`)
        case 'swap.created': {
          const { id, amount, provider, decision } = event.data.swap
          const says = `${inSat(amount.msat)} at ${provider}`
          const swap = { kind: 'swap', id } as const
          if (decision === null) return mark('swap', `the operator swaps ${says}`, swap)
          const kind = urgencies.get(decision) === 'drain' ? 'drain' : 'swap'
          return mark(kind, `${kind}: ${says}`, { kind: 'run', id: decision }, swap)
        }
        case 'swap.failed':
        case 'swap.lost': {
          const { id, amount, provider, state, reason } = event.data.swap
          const says = `swap of ${inSat(amount.msat)} at ${provider}: ${state} (${reason})`
          return mark('swap-failed', says, { kind: 'swap', id })
        }
        case 'swap.provider-disabled':
          return mark('trouble', `${event.data.provider} is disabled. ${event.data.says}`)
        case 'payout.succeeded': {
          const { id, partner, amount, purpose } = event.data.payout
          const how = purpose === 'automatic' ? 'by itself' : 'as it asked'
          const run = purpose === 'automatic' ? payers.get(partner) : undefined
          const decision = run === undefined ? [] : [{ kind: 'run', id: run } as const]
          const says = `${partner} is paid ${inSat(amount.msat)} ${how}`
          return mark('partner', says, ...decision, { kind: 'payout', id })
        }
        case 'liquidity.blocked': {
          const { reason, says, runId } = event.data
          return mark('blocked', `blocked: ${reason}. ${says}`, { kind: 'run', id: runId })
        }
        case 'node.degraded':
          return mark('trouble', `LND is away: the shop is "degraded: ${event.data.reason}"`)
        case 'node.recovered':
          return mark('back', 'LND is back; the shop noticed by itself')
        default:
          return undefined
      }
    },
  }
}
