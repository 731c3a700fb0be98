export { type Binaries, buildBinaries, cacheFolder, type LndVersion } from './build-binaries.ts'
export { attachChain, type Chain } from './chain.ts'
export { type ChainDetails, ChainRpcError } from './chain-rpc.ts'
export type { ChannelControls, LndChannel } from './channel-controls.ts'
export { findFreePort } from './free-port.ts'
export type { AddedInvoice, InvoiceControls, LndInvoice } from './invoice-controls.ts'
export { connectLndRpc, type LndRpc } from './lnd-rpc.ts'
export type { MacaroonControls } from './macaroon-controls.ts'
export {
  attachNetwork,
  type Network,
  type NetworkDetails,
  type NetworkOptions,
  type NodePlan,
  type RunningNetwork,
  startNetwork,
} from './network.ts'
export { attachNode, type NodeDetails, type NodeInfo, type RegtestNode } from './node-controls.ts'
export type { ChannelPlan } from './open-channels.ts'
export type { LndPayment, PaymentControls } from './payment-controls.ts'
export { type ChainOptions, type RunningChain, startChain } from './start-chain.ts'
export { type NodeOptions, type RunningNode, startNode } from './start-node.ts'
export { type ProxyMode, startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
export { waitUntil } from './wait-until.ts'
export type { WalletBalance, WalletControls } from './wallet-controls.ts'
