import { createCurveCheck } from '../channels/check-curve.ts'
import { type Context, identityOf } from '../context.ts'
import { readPublicKey } from '../domain/peer-entry.ts'
import { readText } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { findMark, markPeer } from './mark-peer.ts'
import { type PeerMark, peerMarkView } from './peer-mark.ts'

/**
 * No channel is opened to this peer until {@link allowPeer}; channels that it has stay. A peer that is
 * blacklisted already stays so, with its first reason. Works while LND is away.
 */
export async function blockPeer(
  context: Context,
  publicKey: string,
  reason: string,
): Promise<PeerMark> {
  const peer = readPublicKey(publicKey, 'publicKey', createCurveCheck())
  const says = readText(reason, 'reason', { maximum: 500 })
  const identity = identityOf(context)
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await findMark(context, identity, peer)
    if (row?.state === 'blacklisted') return peerMarkView(row)
    const mark = { state: 'blacklisted', reason: 'operator', says, evidence: null } as const
    const change = markPeer(context, identity, row, peer, mark)
    const isApplied = async (): Promise<boolean> => {
      const now = await findMark(context, identity, peer)
      return now?.state === 'blacklisted' && now.says === says
    }
    if (!(await record(context, change, isApplied))) {
      context.live.wakeKeeper()
      return peerMarkView((await findMark(context, identity, peer))!)
    }
  }
  throw tooContended('peers.block')
}
