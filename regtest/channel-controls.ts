import type { NodeConnection, RegtestNode } from './node-controls.ts'

/** A channel as LND lists it, the part tests need. */
export interface LndChannel {
  readonly active: boolean
  readonly remote_pubkey: string
  /** `txid:output` */
  readonly channel_point: string
  /** Decimal string. */
  readonly chan_id: string
  /** In sat, decimal string; like the two below. */
  readonly capacity: string
  readonly local_balance: string
  readonly remote_balance: string
  readonly num_updates: string
  readonly private: boolean
  readonly initiator: boolean
  readonly chan_status_flags: string
  readonly memo: string
  readonly pending_htlcs: readonly { incoming: boolean; amount: string; hash_lock: Buffer }[]
}

/** Where to find a node: another node of the harness, or its details. */
export type Peer = Pick<RegtestNode, 'publicKey' | 'details'>

/** Peers and channels of a node. */
export interface ChannelControls {
  /** Connects to a peer; already connected is fine. */
  connect(peer: Peer): Promise<void>
  /**
   * Starts to open a channel and returns its channel point as soon as the funding transaction is
   * known. Mine 6 blocks (`network.openChannels` does the whole thing). `fields` are further fields
   * of LND's OpenChannelRequest.
   */
  openChannel(
    peer: Peer,
    capacitySat: bigint | number,
    pushSat?: bigint | number,
    fields?: object,
  ): Promise<string>
  /**
   * Starts to close a channel; returns the id of the closing transaction. Mine to confirm it. A
   * cooperative close first waits until no HTLC is left, since a payment succeeds before its HTLC is
   * off the channel.
   */
  closeChannel(channelPoint: string, force?: boolean): Promise<string>
  /** `ListChannels`, also inactive ones. */
  listChannels(): Promise<LndChannel[]>
  /**
   * Waits until a channel is open and active and this node can route over it: LND calls a channel active
   * before its graph knows both policies, and a payment in between fails for want of balance.
   */
  waitUntilChannelActive(channelPoint: string): Promise<LndChannel>
  /** Waits until this node's graph has both policies of a channel, its own or somebody else's. */
  waitUntilRoutable(channelId: string): Promise<void>
}

export function createChannelControls(connection: NodeConnection): ChannelControls {
  const { rpc, waitFor } = connection
  const waitUntilRoutable = async (channelId: string): Promise<void> => {
    await waitFor(`both policies of channel ${channelId}`, async () => {
      const edge = await rpc<{ node1_policy: unknown; node2_policy: unknown }>(
        'lnrpc.Lightning',
        'GetChanInfo',
        { chan_id: channelId },
      )
      return edge.node1_policy !== null && edge.node2_policy !== null
    })
  }
  const listChannels = async (): Promise<LndChannel[]> =>
    (await rpc<{ channels: LndChannel[] }>('lnrpc.Lightning', 'ListChannels')).channels
  return {
    connect: async (peer) => {
      const address = { pubkey: peer.publicKey, host: peer.details.peerAddress }
      await waitFor(`a connection to ${peer.details.alias}`, async () => {
        await rpc('lnrpc.Lightning', 'ConnectPeer', { addr: address, timeout: 10 }).catch(
          ignoreAlreadyConnected,
        )
        const { peers } = await rpc<{ peers: { pub_key: string }[] }>(
          'lnrpc.Lightning',
          'ListPeers',
        )
        return peers.some((known) => known.pub_key === peer.publicKey)
      })
    },
    openChannel: async (peer, capacitySat, pushSat = 0, fields = {}) => {
      const reply = await rpc<{ funding_txid_bytes: Buffer; output_index: number }>(
        'lnrpc.Lightning',
        'OpenChannelSync',
        {
          node_pubkey: Buffer.from(peer.publicKey, 'hex'),
          local_funding_amount: String(capacitySat),
          push_sat: String(pushSat),
          sat_per_vbyte: 5,
          ...fields,
        },
      )
      return `${displayTxid(reply.funding_txid_bytes)}:${reply.output_index}`
    },
    closeChannel: async (channelPoint, force = false) => {
      const [txid, output] = channelPoint.split(':')
      if (!force) {
        await waitFor(`no HTLC on channel ${channelPoint}`, async () =>
          (await listChannels()).every(
            (one) => one.channel_point !== channelPoint || one.pending_htlcs.length === 0,
          ),
        )
      }
      const updates = connection.stream<{ close_pending: { txid: Buffer } | null }>(
        'lnrpc.Lightning',
        'CloseChannel',
        {
          channel_point: { funding_txid_str: txid, output_index: Number(output) },
          force,
          ...(force ? {} : { sat_per_vbyte: 5 }),
        },
      )
      // The stream also reports the confirmation, which comes only when somebody mines.
      updates.on('error', () => {})
      for await (const update of updates) {
        if (update.close_pending) return displayTxid(update.close_pending.txid)
      }
      throw new Error(`LND ended the closing of ${channelPoint} without a transaction`)
    },
    listChannels,
    waitUntilChannelActive: async (channelPoint) => {
      const channel = await waitFor(`channel ${channelPoint} active`, async () =>
        (await listChannels()).find((one) => one.channel_point === channelPoint && one.active),
      )
      await waitUntilRoutable(channel.chan_id)
      return channel
    },
    waitUntilRoutable,
  }
}

/** LND's bytes are in internal order; everybody displays them reversed. */
function displayTxid(bytes: Buffer): string {
  return Buffer.from(bytes).reverse().toString('hex')
}

function ignoreAlreadyConnected(error: unknown): void {
  if (!String(error).includes('already connected')) throw error
}
