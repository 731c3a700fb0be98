import type { GraphNode, LightningNode } from '@payment-node/core'
import type { CandidateFacts, Mark, OwnChannel } from './candidate.ts'
import type { RankedNode } from './read-ranking.ts'

/** Questions to LND at once; a large node's answer has thousands of channels. */
const atOnce = 8

/** What there is to know about every node of the ranking and of the list that there is. */
export async function gatherFacts(
  lightning: LightningNode,
  ranking: readonly RankedNode[],
  listed: ReadonlyMap<string, { readonly address: string }>,
  marks: ReadonlyMap<string, Mark>,
): Promise<CandidateFacts[]> {
  const ranked = new Map(ranking.map((node) => [node.publicKey, node]))
  const keys = [...new Set([...ranked.keys(), ...listed.keys()])]
  const channels = await ownChannels(lightning)
  const found = await lookUp(lightning, keys)
  return keys.map((publicKey, index) => ({
    publicKey,
    ranked: ranked.get(publicKey),
    graph: found[index],
    channel: channels.get(publicKey),
    mark: marks.get(publicKey),
    addressBefore: listed.get(publicKey)?.address,
  }))
}

async function lookUp(
  { graph }: LightningNode,
  keys: readonly string[],
): Promise<(GraphNode | undefined)[]> {
  const found: (GraphNode | undefined)[] = []
  for (let start = 0; start < keys.length; start += atOnce) {
    const some = keys.slice(start, start + atOnce)
    found.push(...(await Promise.all(some.map((key) => graph!.findNode(key)))))
  }
  return found
}

/** The best that we have with each peer. */
async function ownChannels(lightning: LightningNode): Promise<Map<string, OwnChannel>> {
  const [open, pending] = await Promise.all([
    lightning.listChannels(),
    lightning.listPendingChannels(),
  ])
  const states = [
    ...pending.map(({ peer, state }) => [peer, state === 'opening' ? state : 'closing'] as const),
    ...open.filter(({ isActive }) => !isActive).map(({ peer }) => [peer, 'inactive'] as const),
    ...open.filter(({ isActive }) => isActive).map(({ peer }) => [peer, 'active'] as const),
  ]
  return new Map(states)
}
