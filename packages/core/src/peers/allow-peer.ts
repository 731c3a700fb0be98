import { createCurveCheck } from '../channels/check-curve.ts'
import { type Context, identityOf } from '../context.ts'
import { readPublicKey } from '../domain/peer-entry.ts'
import { PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import { readText } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { peerMarks } from '../tables/keeper.ts'
import { remove } from '../tables/table.ts'
import { findMark } from './mark-peer.ts'
import { type PeerMark, peerMarkView } from './peer-mark.ts'

/**
 * Takes a peer's mark away, whatever it was: it is a candidate again, its failures are forgotten, and what
 * the operator closed with it may be replaced. Answers the mark that it had. Throws `peer.not-marked`.
 */
export async function allowPeer(
  context: Context,
  publicKey: string,
  reason: string,
): Promise<PeerMark> {
  const peer = readPublicKey(publicKey, 'publicKey', createCurveCheck())
  const says = readText(reason, 'reason', { maximum: 500 })
  const identity = identityOf(context)
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await findMark(context, identity, peer)
    if (!row) throw new PaymentNodeError('peer.not-marked', `${peer} has no mark.`, { peer })
    const mark = peerMarkView(row)
    const data = { peer: mark, reason: says }
    const change = {
      writes: [remove(peerMarks, row)],
      events: [newEvent(context, identity, 'peer.allowed', `peer/${peer}`, data)],
    }
    const isApplied = async () => (await findMark(context, identity, peer)) === undefined
    if (!(await record(context, change, isApplied))) {
      context.live.wakeKeeper()
      return mark
    }
  }
  throw tooContended('peers.allow')
}
