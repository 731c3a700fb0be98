import type { ClientReadableStream } from '@grpc/grpc-js'
import type { LndVersion } from './build-binaries.ts'
import { attachChain, type Chain } from './chain.ts'
import type { ChainDetails } from './chain-rpc.ts'
import { type ChannelControls, createChannelControls } from './channel-controls.ts'
import { createInvoiceControls, type InvoiceControls } from './invoice-controls.ts'
import { connectLndRpc, type LndRpc } from './lnd-rpc.ts'
import { createMacaroonControls, type MacaroonControls } from './macaroon-controls.ts'
import { createPaymentControls, type PaymentControls } from './payment-controls.ts'
import { readTail } from './read-tail.ts'
import { type WaitOptions, waitUntil } from './wait-until.ts'
import { createWalletControls, type WalletControls } from './wallet-controls.ts'

/** How to reach a node from any process; plain data. */
export interface NodeDetails {
  readonly alias: string
  readonly version: LndVersion
  readonly network: ChainDetails['network']
  /** 33 bytes as hex; empty while the node never was active. */
  readonly publicKey: string
  /** gRPC, `127.0.0.1:port`. */
  readonly rpcAddress: string
  /** Lightning protocol, `127.0.0.1:port`. */
  readonly peerAddress: string
  readonly certificatePath: string
  /** admin.macaroon */
  readonly macaroonPath: string
  /** LND's folder. */
  readonly folder: string
  readonly logPath: string
  /** Wallet password, when it has one. */
  readonly password?: string
  /** LND's own `lnrpc` folder with its `.proto` files. */
  readonly protoFolder: string
  /** Process id of lnd. */
  readonly pid: number
}

/** What LND says of itself, the part tests need. */
export interface NodeInfo {
  readonly identity_pubkey: string
  readonly alias: string
  readonly version: string
  readonly block_height: number
  readonly synced_to_chain: boolean
  readonly synced_to_graph: boolean
  readonly num_active_channels: number
  readonly num_peers: number
}

/** Everything a test can ask of a node, whichever process started it. */
export interface RegtestNode
  extends WalletControls,
    ChannelControls,
    InvoiceControls,
    PaymentControls,
    MacaroonControls {
  readonly details: NodeDetails
  readonly alias: string
  readonly publicKey: string
  readonly chain: Chain
  /** Any RPC with one answer: `node.rpc('lnrpc.Lightning', 'GetInfo', {})`. */
  rpc: LndRpc['rpc']
  /** Any RPC with a stream of answers. */
  stream: LndRpc['stream']
  /** Any RPC with a stream in both directions. */
  duplex: LndRpc['duplex']
  /** `GetInfo`. */
  info(): Promise<NodeInfo>
  /** LND's wallet and server state: `LOCKED`, `RPC_ACTIVE`, `SERVER_ACTIVE`, … */
  state(): Promise<string>
  /** Unlocks the wallet and waits until the node is active. */
  unlock(): Promise<void>
  /** Waits for the state SERVER_ACTIVE. */
  waitUntilActive(): Promise<void>
  /** Waits until the node knows the best block of the chain and says it is in sync with it. */
  waitUntilSynced(): Promise<NodeInfo>
  /** Waits for anything about this node; the error shows the end of its log. */
  waitFor<Found>(
    awaited: string,
    look: () => Promise<Found | undefined | false> | Found | undefined | false,
    deadlineMilliseconds?: number,
  ): Promise<Found>
  /** The end of LND's log. */
  log(lines?: number): string
  /** Closes the gRPC connection of these controls; the node goes on. */
  detach(): void
}

/** What the controls are built upon. */
export interface NodeConnection {
  readonly details: () => NodeDetails
  readonly rpc: LndRpc['rpc']
  readonly stream: <Reply>(
    service: string,
    method: string,
    request?: object,
  ) => ClientReadableStream<Reply>
  readonly chain: Chain
  readonly waitFor: RegtestNode['waitFor']
}

/** Controls a running node from any process. */
export function attachNode(details: NodeDetails, chain: ChainDetails): RegtestNode {
  return controlNode(() => details, attachChain(chain))
}

/** The same where the details may still change, and the end of the process can be noticed. */
export function controlNode(
  details: () => NodeDetails,
  chain: Chain,
  hopeless?: WaitOptions['hopeless'],
): RegtestNode {
  const lnd = connectLndRpc(details())
  const waitFor: RegtestNode['waitFor'] = (awaited, look, deadlineMilliseconds) =>
    waitUntil(`${details().alias}: ${awaited}`, look, {
      ...(deadlineMilliseconds === undefined ? {} : { deadlineMilliseconds }),
      ...(hopeless === undefined ? {} : { hopeless }),
      describe: () => readTail(details().logPath),
    })
  const connection: NodeConnection = { details, rpc: lnd.rpc, stream: lnd.stream, chain, waitFor }
  const info = (): Promise<NodeInfo> => lnd.rpc<NodeInfo>('lnrpc.Lightning', 'GetInfo')
  const state = async (): Promise<string> =>
    (await lnd.rpc<{ state: string }>('lnrpc.State', 'GetState')).state
  const waitUntilActive = async (): Promise<void> => {
    await waitFor('state SERVER_ACTIVE', async () => (await state()) === 'SERVER_ACTIVE')
  }
  return {
    ...createWalletControls(connection),
    ...createChannelControls(connection),
    ...createInvoiceControls(connection),
    ...createPaymentControls(connection),
    ...createMacaroonControls(connection),
    get details() {
      return details()
    },
    get alias() {
      return details().alias
    },
    get publicKey() {
      return details().publicKey
    },
    chain,
    rpc: lnd.rpc,
    stream: lnd.stream,
    duplex: lnd.duplex,
    info,
    state,
    unlock: async () => {
      const password = Buffer.from(details().password ?? '')
      await lnd.rpc('lnrpc.WalletUnlocker', 'UnlockWallet', { wallet_password: password })
      await waitUntilActive()
    },
    waitUntilActive,
    waitUntilSynced: async () => {
      const height = await chain.height()
      return waitFor(`block ${height} and synced_to_chain`, async () => {
        const now = await info()
        return now.block_height >= height && now.synced_to_chain && now
      })
    },
    waitFor,
    log: (lines) => readTail(details().logPath, lines),
    detach: lnd.close,
  }
}
