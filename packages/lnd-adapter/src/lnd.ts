import type { LightningNode } from '@payment-node/core'
import { abandonChannel } from './calls/abandon-channel.ts'
import { addInvoice } from './calls/add-invoice.ts'
import { cancelInvoice } from './calls/cancel-invoice.ts'
import { closeChannel } from './calls/close-channel.ts'
import { closedChannels } from './calls/closed-channels.ts'
import { connectPeer } from './calls/connect-peer.ts'
import { decodePaymentRequest } from './calls/decode-payment-request.ts'
import { estimateFeerate, minimumFeerate } from './calls/estimate-fee.ts'
import { exportChannelBackups } from './calls/export-channel-backups.ts'
import { finalizePsbt } from './calls/finalize-psbt.ts'
import { forwardingHistory } from './calls/forwarding-history.ts'
import { fundPsbt } from './calls/fund-psbt.ts'
import { getInfo } from './calls/get-info.ts'
import { findNode } from './calls/get-node-info.ts'
import { getTransactions } from './calls/get-transactions.ts'
import { listChannels } from './calls/list-channels.ts'
import { listInvoices, newestInvoiceIndex } from './calls/list-invoices.ts'
import { listLeases } from './calls/list-leases.ts'
import { listPayments, newestPaymentIndex } from './calls/list-payments.ts'
import { listUnspent } from './calls/list-unspent.ts'
import { lookupInvoice } from './calls/lookup-invoice.ts'
import { newAddress } from './calls/new-address.ts'
import { openChannel } from './calls/open-channel.ts'
import { pendingChannels } from './calls/pending-channels.ts'
import { publishTransaction } from './calls/publish-transaction.ts'
import { registerConfirmations } from './calls/register-confirmations.ts'
import { registerSpend } from './calls/register-spend.ts'
import { releaseOutputs } from './calls/release-output.ts'
import { requiredReserve } from './calls/required-reserve.ts'
import { sendPayment } from './calls/send-payment.ts'
import { subscribeChannelBackups } from './calls/subscribe-channel-backups.ts'
import { subscribeChannelEvents } from './calls/subscribe-channel-events.ts'
import { subscribeSettlements } from './calls/subscribe-invoices.ts'
import { trackPayment } from './calls/track-payment.ts'
import { updateChannelPolicy } from './calls/update-channel-policy.ts'
import { verifyChannelBackup } from './calls/verify-channel-backup.ts'
import { walletBalance } from './calls/wallet-balance.ts'
import { connect } from './connection.ts'
import { diagnose } from './diagnose/diagnose.ts'
import { type LndOptions, readOptions } from './options.ts'
import { routingPolicies } from './routing-policies.ts'

/**
 * A Lightning node that is an LND, over gRPC. Connects at the first call. Throws `options.invalid`.
 *
 * @example
 * ```ts
 * import { lnd } from '@payment-node/lnd-adapter'
 *
 * export const lightning = lnd({
 *   address: 'localhost:10009',
 *   certificate: { path: '/home/lnd/.lnd/tls.cert' },
 *   macaroon: { path: '/etc/shop/payment-node.macaroon' },
 * })
 * ```
 */
export function lnd(options: LndOptions): LightningNode {
  const connection = connect(readOptions(options))
  return {
    contractVersion: 1,
    name: 'lnd',
    getInfo: (signal) => getInfo(connection, signal),
    listChannels: (signal) => listChannels(connection, signal),
    listPendingChannels: (signal) => pendingChannels(connection, signal),
    listClosedChannels: (signal) => closedChannels(connection, signal),
    watchChannels: (signal) => subscribeChannelEvents(connection, signal),
    walletBalance: (signal) => walletBalance(connection, signal),
    createInvoice: (invoice, signal) => addInvoice(connection, invoice, signal),
    lookupInvoice: (paymentHash, signal) => lookupInvoice(connection, paymentHash, signal),
    cancelInvoice: (paymentHash, signal) => cancelInvoice(connection, paymentHash, signal),
    listInvoices: (page, signal) => listInvoices(connection, page, signal),
    watchSettlements: (after, signal) => subscribeSettlements(connection, after, signal),
    decodeInvoice: (request, signal) => decodePaymentRequest(connection, request, signal),
    pay: (payment, signal) => sendPayment(connection, payment, signal),
    trackPayment: (paymentHash, signal) => trackPayment(connection, paymentHash, signal),
    listPayments: (page, signal) => listPayments(connection, page, signal),
    async highWater(signal) {
      const [invoiceAddIndex, paymentIndex] = await Promise.all([
        newestInvoiceIndex(connection, signal),
        newestPaymentIndex(connection, signal),
      ])
      return { invoiceAddIndex, paymentIndex }
    },
    chain: {
      watchConfirmation: (watched, signal) => registerConfirmations(connection, watched, signal),
      watchSpend: (watched, signal) => registerSpend(connection, watched, signal),
    },
    opener: {
      connect: (peer, address, signal) => connectPeer(connection, peer, address, signal),
      open: (request, signal) => openChannel(connection, request, signal),
      close: (request, signal) => closeChannel(connection, request, signal),
      abandon: (channelPoint, signal) => abandonChannel(connection, channelPoint, signal),
    },
    graph: { findNode: (publicKey, signal) => findNode(connection, publicKey, signal) },
    policies: {
      read: (signal) => routingPolicies(connection, signal),
      write: (policy, signal) => updateChannelPolicy(connection, policy, signal),
    },
    forwards: { list: (page, signal) => forwardingHistory(connection, page, signal) },
    onchain: {
      newAddress: (type, signal) => newAddress(connection, type, signal),
      unspent: (signal) => listUnspent(connection, signal),
      transactions: (fromHeight, signal) => getTransactions(connection, fromHeight, signal),
      estimateFeerate: (blocks, signal) => estimateFeerate(connection, blocks, signal),
      minimumFeerate: (signal) => minimumFeerate(connection, signal),
      requiredReserve: (additional, signal) => requiredReserve(connection, additional, signal),
      publish: (bytes, label, signal) => publishTransaction(connection, bytes, label, signal),
    },
    funding: {
      fund: (request, signal) => fundPsbt(connection, request, signal),
      sign: (psbt, signal) => finalizePsbt(connection, psbt, signal),
      release: (lockId, outpoints, signal) => releaseOutputs(connection, lockId, outpoints, signal),
      leases: (signal) => listLeases(connection, signal),
    },
    backups: {
      export: (signal) => exportChannelBackups(connection, signal),
      verify: (backup, signal) => verifyChannelBackup(connection, backup, signal),
      watch: (signal) => subscribeChannelBackups(connection, signal),
    },
    diagnose: (signal) => diagnose(connection, signal),
    async close() {
      connection.close()
    },
  }
}
