import {
  type ChannelOpener,
  type LightningNode,
  type OnchainWallet,
  PaymentNodeError,
  type WalletOutput,
} from '@payment-node/core'

/** A node that breaks one promise, and a case that must notice. */
export interface Lie {
  readonly noticedBy: string
  tell(honest: LightningNode): Partial<LightningNode>
}

function openerLie(
  noticedBy: string,
  tell: (honest: ChannelOpener, node: LightningNode) => Partial<ChannelOpener>,
): Lie {
  return {
    noticedBy,
    tell: (node) => ({ opener: { ...node.opener!, ...tell(node.opener!, node) } }),
  }
}

function walletLie(
  noticedBy: string,
  tell: (honest: OnchainWallet) => Partial<OnchainWallet>,
): Lie {
  return {
    noticedBy,
    tell: (node) => ({ onchain: { ...node.onchain!, ...tell(node.onchain!) } }),
  }
}

const refusal = (reason: string): Error =>
  new PaymentNodeError('node.refused', 'a lie', { call: 'a lie', reason })

/** Lies about coins and channels. */
export const managementLies: Record<string, Lie> = {
  'opens without the memo': openerLie(
    'an opened channel shows its memo while pending and when open',
    (opener) => ({ open: (request) => opener.open({ ...request, memo: '' }) }),
  ),
  'chooses coins of its own': openerLie(
    'a funding spends exactly the chosen outpoints, change comes back',
    (opener, node) => ({
      async open(request) {
        const coins = await node.onchain!.unspent()
        const confirmed = coins.filter(({ confirmations }) => confirmations > 0)
        return opener.open({ ...request, outpoints: confirmed.map(({ outpoint }) => outpoint) })
      },
    }),
  ),
  'announces private channels': openerLie('a channel opened as private is private', (opener) => ({
    open: (request) => opener.open({ ...request, isPrivate: false }),
  })),
  'spends what waits for a block': openerLie(
    'an unconfirmed outpoint is outpoints-unavailable',
    (opener, node) => ({
      async open(request) {
        const [coin] = (await node.onchain!.unspent()).filter((one) => one.confirmations > 0)
        return opener.open({ ...request, outpoints: [coin!.outpoint] })
      },
    }),
  ),
  'says wallet-too-small of every coin': openerLie(
    'outpoints that fund a channel are outpoints-unavailable',
    (opener) => ({
      open: (request) =>
        opener.open(request).catch(() => {
          throw refusal('wallet-too-small')
        }),
    }),
  ),
  'rounds small channels up': openerLie('less than 20,000 sat is too-small', (opener) => ({
    open: (request) => opener.open({ ...request, capacitySat: 20_000n }),
  })),
  'reaches everybody': openerLie(
    'connecting to an address of another node is peer-unreachable',
    () => ({ connect: async () => {} }),
  ),
  'is connected once only': (() => {
    const connected = new Set<string>()
    return openerLie('connecting to a connected peer is success', (opener) => ({
      async connect(peer, address) {
        if (connected.has(peer)) throw refusal('other')
        connected.add(peer)
        return opener.connect(peer, address)
      },
    }))
  })(),
  'abandons nothing': openerLie(
    'an abandoned opening is closed as abandoned, again is success',
    () => ({ abandon: async () => {} }),
  ),
  'closes by force what was to be closed together': openerLie(
    'a cooperative close names its transaction, twice is success',
    (opener) => ({
      close: ({ channelPoint }) => opener.close({ channelPoint, isForce: true }),
    }),
  ),
  'cannot be asked twice to close': (() => {
    const asked = new Set<string>()
    return openerLie('a force close names its transaction, twice is success', (opener) => ({
      async close(request) {
        if (asked.has(request.channelPoint)) throw refusal('channel-state')
        asked.add(request.channelPoint)
        return opener.close(request)
      },
    }))
  })(),
  'closes unknown channels without a word': openerLie(
    'closing an unknown channel is channel-not-found',
    (opener) => ({ close: (request) => opener.close(request).catch(() => ({})) }),
  ),
  'closes by force while a payment is on its way': openerLie(
    'a cooperative close with a payment on its way is htlcs-pending',
    (opener) => ({
      close: ({ channelPoint }) => opener.close({ channelPoint, isForce: true }),
    }),
  ),
  'hands out one address': (() => {
    let first: Promise<string> | undefined
    return walletLie('every address is fresh, of both types', (wallet) => ({
      newAddress: (type) => {
        first ??= wallet.newAddress(type)
        return first
      },
    }))
  })(),
  'shows only what is confirmed': walletLie(
    'what somebody pays arrives unconfirmed, then confirmed',
    (wallet) => ({
      unspent: async () => (await wallet.unspent()).filter((coin) => coin.confirmations > 0),
    }),
  ),
  'goes on showing what is spent': (() => {
    const seen = new Map<string, WalletOutput>()
    return walletLie(
      'a funding spends exactly the chosen outpoints, change comes back',
      (wallet) => ({
        async unspent() {
          for (const coin of await wallet.unspent()) seen.set(coin.outpoint, coin)
          return [...seen.values()]
        },
      }),
    )
  })(),
  'lists transactions newest first': walletLie(
    'transactions are oldest first, unconfirmed last, from a height on',
    (wallet) => ({
      transactions: async (height) => [...(await wallet.transactions(height))].reverse(),
    }),
  ),
  'lists transactions of all heights': walletLie(
    'transactions are oldest first, unconfirmed last, from a height on',
    (wallet) => ({ transactions: () => wallet.transactions(0) }),
  ),
  'forgets whose coins a transaction spends': walletLie(
    'several outpoints fund one channel together',
    (wallet) => ({
      transactions: async (height) =>
        (await wallet.transactions(height)).map((one) => ({
          ...one,
          spends: one.spends.slice(0, 1),
        })),
    }),
  ),
  'publishes once only': walletLie('publishing again is success, waiting or confirmed', () => ({
    publish: async () => {
      throw refusal('rejected')
    },
  })),
  'publishes anything': walletLie('publishing what is no transaction is refused', () => ({
    publish: async () => {},
  })),
  'asks nothing for a block': walletLie('a feerate is positive for every target', () => ({
    estimateFeerate: async () => 0,
  })),
  'takes nothing into its mempool': walletLie(
    'what the mempool takes at least is no feerate of a bad day',
    () => ({ minimumFeerate: async () => 1_000_000 }),
  ),
  'keeps a reserve without a limit': walletLie(
    'the reserve grows by 10,000 sat per channel up to 100,000',
    (wallet) => ({
      requiredReserve: async (additional) =>
        (await wallet.requiredReserve(0)) + 10_000n * BigInt(additional),
    }),
  ),
  'knows nodes that are not there': {
    noticedBy: 'the graph does not know a stranger',
    tell: () => ({
      graph: {
        findNode: async (publicKey) => ({
          publicKey,
          alias: '',
          addresses: [],
          channels: 0,
          capacitySat: 0n,
          lastUpdateAt: 0,
        }),
      },
    }),
  },
  'tells times in seconds': {
    noticedBy: 'the graph knows the peer with its channels',
    tell: (node) => ({
      graph: {
        async findNode(publicKey) {
          const found = await node.graph!.findNode(publicKey)
          return found && { ...found, lastUpdateAt: Math.floor(found.lastUpdateAt / 1000) }
        },
      },
    }),
  },
  'keeps the time lock': {
    noticedBy: 'a policy reads as it was written',
    tell: ({ policies }) => ({
      policies: {
        read: () => policies!.read(),
        write: (policy) => policies!.write({ ...policy, timeLockDeltaBlocks: 80 }),
      },
    }),
  },
  'writes policies of unknown channels': {
    noticedBy: 'a policy for an unknown channel is refused',
    tell: ({ policies }) => ({
      policies: { read: () => policies!.read(), write: async () => {} },
    }),
  },
  'begins every page of forwards anew': {
    noticedBy: 'each forward is listed once, in order, page by page',
    tell: ({ forwards }) => ({
      forwards: { list: (page) => forwards!.list({ ...page, offset: 0 }) },
    }),
  },
  'lists the newest forward first': {
    noticedBy: 'each forward is listed once, in order, page by page',
    tell: ({ forwards }) => ({
      forwards: { list: async (page) => [...(await forwards!.list(page))].reverse() },
    }),
  },
  'lists forwards of all times': {
    noticedBy: 'before the first moment there are no forwards',
    tell: ({ forwards }) => ({
      forwards: {
        list: async () => [
          { at: 1n, channelIdIn: '1', channelIdOut: '2', amountOutMsat: 1n, feeMsat: 1n },
          ...(await forwards!.list({ startTime: 0, endTime: 1, offset: 0, limit: 1 })),
        ],
      },
    }),
  },
}
