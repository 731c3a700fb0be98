import { type Actor, pick } from './actor.ts'
import { nobody } from './nobody.ts'
import { allForwards } from './observe-node.ts'
import type { ReadingOperation } from './operation.ts'
import { outcomeOf } from './outcome-of.ts'
import type { Result } from './receive-payment.ts'

/** The wallet, the graph, policies, and other people's payments; resolves with what the port said. */
export async function performReadingOperation(
  actor: Actor,
  operation: ReadingOperation,
): Promise<Result> {
  const { node, publicKeys } = actor.world
  const onchain = node.onchain!
  switch (operation.kind) {
    case 'new-address': {
      const address = await outcomeOf(onchain.newAddress(operation.type))
      // Its length tells the kind apart.
      return typeof address === 'string' ? { length: address.length } : address
    }
    case 'estimate-feerate':
      return outcomeOf(onchain.estimateFeerate(operation.blocks))
    case 'required-reserve':
      return outcomeOf(onchain.requiredReserve(operation.additional))
    case 'publish': {
      const listed = await onchain.transactions(actor.world.baseHeight + 1).catch(() => [])
      const known = operation.what === 'known' ? listed.at(-1)?.rawTransaction : Buffer.from('00')
      return known ? outcomeOf(onchain.publish(known, 'again')) : 'nothing to do'
    }
    case 'find-node': {
      const { which } = operation
      return outcomeOf(node.graph!.findNode(which === 'nobody' ? nobody : publicKeys[which]))
    }
    case 'write-policy': {
      const { baseFeeMsat, feeRatePpm, timeLockDeltaBlocks } = operation
      const channelPoint = pick(actor.channels, operation.slot) as string
      const policy = { channelPoint, baseFeeMsat, feeRatePpm, timeLockDeltaBlocks }
      return outcomeOf(node.policies!.write(policy))
    }
    case 'forward':
      return forward(actor, operation.amountMsat)
  }
}

/** Needs a channel with the payee: its own one with the peer holds less than is forwarded. */
async function forward(actor: Actor, amountMsat: bigint): Promise<Result> {
  const { node, counterparties, publicKeys, waitFor } = actor.world
  const channels = await node.listChannels().catch(() => [])
  if (!channels.some((channel) => channel.peer === publicKeys.payee)) return 'nothing to do'
  const before = (await node.forwards!.list(allForwards)).length
  const preimage = actor.nextPreimage()
  const terms = { preimage, amountMsat, memo: 'forwarded', expirySeconds: 3600 }
  const paymentRequest = await counterparties.peer.createInvoice(terms)
  const paid = await counterparties.payee.payInOnePart(paymentRequest)
  if (paid.state === 'succeeded') {
    // LND writes it down some seconds later.
    await waitFor('the forward to be listed', async () => {
      return (await node.forwards!.list(allForwards)).length > before
    })
  }
  return paid
}
