import type { Context, Identity } from '../context.ts'
import type { PaymentNodeError, UnavailableReason } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import type { NodeSnapshot, PaymentNodeEvents } from '../events.ts'
import type { NodeInfo } from '../ports/lightning-node.ts'
import { maximumDecisions, record } from '../record.ts'
import { nodeStates } from '../tables/node.ts'
import { update } from '../tables/table.ts'

type NodeEvent = 'node.ready' | 'node.degraded' | 'node.recovered'

/** Stores the node's condition together with its event, so that it is in the log like everything else. */
export async function recordNodeState<T extends NodeEvent>(
  context: Context,
  identity: Identity,
  type: T,
  data: PaymentNodeEvents[T],
): Promise<void> {
  const state = type === 'node.degraded' ? 'degraded' : 'ready'
  const reason = 'reason' in data ? data.reason : null
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await context.storage.get(nodeStates, [identity.publicKey])
    if (!row) return
    const change = {
      writes: [update(nodeStates, row, { state, reason, since: context.clock.now() })],
      events: [newEvent(context, identity, type, 'node', data)],
    }
    if (!(await record(context, change, async () => true))) return
  }
}

export function nodeSnapshot(info: NodeInfo): NodeSnapshot {
  return {
    publicKey: info.publicKey,
    network: info.network,
    alias: info.alias,
    version: info.version,
    warnings: warningsOf(info),
  }
}

/** What an operator should read at every start. */
export function warningsOf(info: NodeInfo): readonly string[] {
  const warnings: string[] = []
  if (info.acceptsKeysend) {
    warnings.push(
      'This node accepts keysend: such payments say nothing about who paid and are never credited to a partner. Turn it off with accept-keysend=false.',
    )
  }
  if (info.versionWarning) warnings.push(info.versionWarning)
  return warnings
}

/** The word for a trouble in `node.degraded`. */
export function degradedReason(trouble: PaymentNodeError): UnavailableReason | 'misconfigured' {
  switch (trouble.code) {
    case 'node.unavailable':
      return (trouble as PaymentNodeError<'node.unavailable'>).details.reason
    case 'node.macaroon-rejected':
      return 'permission-denied'
    case 'node.certificate-rejected':
      return 'certificate-rejected'
    default:
      return 'misconfigured'
  }
}
