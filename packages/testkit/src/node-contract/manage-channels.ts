import assert from 'node:assert/strict'
import { createECDH, randomBytes } from 'node:crypto'
import type {
  ChannelOpener,
  LightningNode,
  NodeChannel,
  OnchainWallet,
  OpenChannel,
  OpenerRefusal,
  PendingChannel,
  WalletOutput,
} from '@payment-node/core'
import { errorOf } from './contract-case.ts'
import type { ContractChannelPeer, NodeContractEnvironment } from './environment.ts'

/** The part of the port that opens and closes; missing it fails the case. */
export function openerOf(node: LightningNode): ChannelOpener {
  assert.ok(node.opener, 'the node has no `opener`')
  return node.opener
}

/** The part of the port with the coins; missing it fails the case. */
export function walletOf(node: LightningNode): OnchainWallet {
  assert.ok(node.onchain, 'the node has no `onchain`')
  return node.onchain
}

/** A public key that belongs to nobody. */
export function strangersKey(): string {
  const pair = createECDH('secp256k1')
  pair.generateKeys()
  return pair.getPublicKey('hex', 'compressed')
}

/** An outpoint of a transaction that never was. */
export function strangersOutpoint(): string {
  return `${randomBytes(32).toString('hex')}:0`
}

/** Fails unless `work` is refused for one of these reasons. */
export async function assertRefused(
  work: Promise<unknown>,
  ...reasons: readonly OpenerRefusal[]
): Promise<void> {
  const error = await errorOf(work, 'node.refused')
  const { reason } = error.details
  assert.ok(
    (reasons as readonly string[]).includes(reason),
    `refused for ${reason} (${error.message}), expected ${reasons.join(' or ')}`,
  )
}

/** A coin that somebody sends to the wallet; it waits for its first block. */
export async function receiveUnconfirmed(
  given: NodeContractEnvironment,
  amountSat: bigint,
  node: LightningNode = given.node,
): Promise<WalletOutput> {
  const wallet = walletOf(node)
  const address = await wallet.newAddress('taproot')
  await given.payOnChain!(address, amountSat)
  return findCoin(given, node, address, () => true)
}

/** A confirmed coin of the wallet. */
export async function receiveCoin(
  given: NodeContractEnvironment,
  amountSat: bigint,
  node: LightningNode = given.node,
): Promise<WalletOutput> {
  const { address } = await receiveUnconfirmed(given, amountSat, node)
  await given.mine(1)
  return findCoin(given, node, address, (coin) => coin.confirmations > 0)
}

async function findCoin(
  given: NodeContractEnvironment,
  node: LightningNode,
  address: string,
  fits: (coin: WalletOutput) => boolean,
): Promise<WalletOutput> {
  let found: WalletOutput | undefined
  await given.waitFor(`a coin at ${address}`, async () => {
    const coins = await walletOf(node).unspent()
    found = coins.find((coin) => coin.address === address && fits(coin))
    return found !== undefined
  })
  return found!
}

/** A peer to open to, connected. */
export async function connectedPeer(
  given: NodeContractEnvironment,
  wish?: Parameters<NonNullable<NodeContractEnvironment['channelPeer']>>[0],
): Promise<ContractChannelPeer> {
  const peer = await given.channelPeer!(wish)
  await openerOf(given.node).connect(peer.publicKey, peer.address)
  return peer
}

/** A request for a public channel of 500 000 sat at 5 sat/vB, with a memo of its own. */
export function openingTo(
  peer: Pick<ContractChannelPeer, 'publicKey'>,
  outpoints: readonly string[],
  terms: Partial<OpenChannel> = {},
): OpenChannel {
  return {
    peer: peer.publicKey,
    capacitySat: 500_000n,
    satPerVbyte: 5,
    outpoints,
    memo: `contract-${randomBytes(8).toString('hex')}`,
    isPrivate: false,
    ...terms,
  }
}

/** A channel that a case opened. */
export interface OpenedChannel {
  readonly peer: ContractChannelPeer
  readonly request: OpenChannel
  readonly channelPoint: string
  /** The only coin that was chosen for it. */
  readonly coin: WalletOutput
}

/** Opens from one fresh coin of 700 000 sat; the funding waits for its first block. */
export async function openFromCoin(
  given: NodeContractEnvironment,
  terms: Partial<OpenChannel> = {},
): Promise<OpenedChannel> {
  const coin = await receiveCoin(given, 700_000n)
  const peer = await connectedPeer(given)
  const request = openingTo(peer, [coin.outpoint], terms)
  const { channelPoint } = await openerOf(given.node).open(request)
  return { peer, request, channelPoint, coin }
}

/** The same, open and active. */
export async function openToTheEnd(
  given: NodeContractEnvironment,
  terms: Partial<OpenChannel> = {},
): Promise<OpenedChannel> {
  const opened = await openFromCoin(given, terms)
  await confirmActive(given, opened.channelPoint)
  return opened
}

/** Adds blocks until the channel is active. */
export function confirmActive(given: NodeContractEnvironment, channelPoint: string): Promise<void> {
  return mineUntil(given, `channel ${channelPoint} to be active`, async () => {
    return (await findOpen(given, channelPoint))?.isActive === true
  })
}

/** Adds blocks one by one until `condition` holds. */
export async function mineUntil(
  given: NodeContractEnvironment,
  awaited: string,
  condition: () => Promise<boolean>,
): Promise<void> {
  await given.waitFor(awaited, async () => {
    if (await condition()) return true
    await given.mine(1)
    return condition()
  })
}

/** The channel in the list of open ones. */
export async function findOpen(
  { node }: NodeContractEnvironment,
  channelPoint: string,
): Promise<NodeChannel | undefined> {
  return (await node.listChannels()).find((one) => one.channelPoint === channelPoint)
}

/** The channel in the list of pending ones. */
export async function findPending(
  { node }: NodeContractEnvironment,
  channelPoint: string,
): Promise<PendingChannel | undefined> {
  return (await node.listPendingChannels()).find((one) => one.channelPoint === channelPoint)
}

/** Closes cooperatively and adds blocks until nothing of the channel is left: room for the next case. */
export async function closeToTheEnd(
  given: NodeContractEnvironment,
  channelPoint: string,
): Promise<void> {
  await openerOf(given.node).close({ channelPoint, isForce: false, satPerVbyte: 5 })
  await mineUntil(given, `channel ${channelPoint} to be closed`, async () => {
    return (await given.node.listClosedChannels()).some((one) => one.channelPoint === channelPoint)
  })
}
