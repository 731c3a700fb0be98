import type { Call } from './call.ts'
import { abandonChannelCall } from './calls/abandon-channel.ts'
import { addInvoiceCall } from './calls/add-invoice.ts'
import { cancelInvoiceCall } from './calls/cancel-invoice.ts'
import { checkMacaroonPermissionsCall } from './calls/check-macaroon-permissions.ts'
import { closeChannelCall } from './calls/close-channel.ts'
import { closedChannelsCall } from './calls/closed-channels.ts'
import { connectPeerCall } from './calls/connect-peer.ts'
import { decodePaymentRequestCall } from './calls/decode-payment-request.ts'
import { estimateFeeCall } from './calls/estimate-fee.ts'
import { exportChannelBackupsCall } from './calls/export-channel-backups.ts'
import { finalizePsbtCall } from './calls/finalize-psbt.ts'
import { forwardingHistoryCall } from './calls/forwarding-history.ts'
import { fundPsbtCall } from './calls/fund-psbt.ts'
import { getChannelInfoCall } from './calls/get-channel-info.ts'
import { getInfoCall } from './calls/get-info.ts'
import { getNodeInfoCall } from './calls/get-node-info.ts'
import { getStateCall } from './calls/get-state.ts'
import { getTransactionsCall } from './calls/get-transactions.ts'
import { getVersionCall } from './calls/get-version.ts'
import { listChannelsCall } from './calls/list-channels.ts'
import { listInvoicesCall } from './calls/list-invoices.ts'
import { listLeasesCall } from './calls/list-leases.ts'
import { listPaymentsCall } from './calls/list-payments.ts'
import { listPeersCall } from './calls/list-peers.ts'
import { listUnspentCall } from './calls/list-unspent.ts'
import { lookupInvoiceCall } from './calls/lookup-invoice.ts'
import { newAddressCall } from './calls/new-address.ts'
import { openChannelCall } from './calls/open-channel.ts'
import { pendingChannelsCall } from './calls/pending-channels.ts'
import { publishTransactionCall } from './calls/publish-transaction.ts'
import { registerConfirmationsCall } from './calls/register-confirmations.ts'
import { registerSpendCall } from './calls/register-spend.ts'
import { releaseOutputCall } from './calls/release-output.ts'
import { requiredReserveCall } from './calls/required-reserve.ts'
import { sendPaymentCall } from './calls/send-payment.ts'
import { subscribeChannelBackupsCall } from './calls/subscribe-channel-backups.ts'
import { subscribeChannelEventsCall } from './calls/subscribe-channel-events.ts'
import { subscribeInvoicesCall } from './calls/subscribe-invoices.ts'
import { trackPaymentCall } from './calls/track-payment.ts'
import { updateChannelPolicyCall } from './calls/update-channel-policy.ts'
import { verifyChannelBackupCall } from './calls/verify-channel-backup.ts'
import { walletBalanceCall } from './calls/wallet-balance.ts'

/** Every call to LND that this package can make; a test compares it with proto/ and with calls/. */
export const calls: readonly Call[] = [
  getStateCall,
  getInfoCall,
  addInvoiceCall,
  lookupInvoiceCall,
  cancelInvoiceCall,
  listInvoicesCall,
  subscribeInvoicesCall,
  decodePaymentRequestCall,
  sendPaymentCall,
  trackPaymentCall,
  listPaymentsCall,
  listChannelsCall,
  pendingChannelsCall,
  closedChannelsCall,
  subscribeChannelEventsCall,
  walletBalanceCall,
  connectPeerCall,
  listPeersCall,
  openChannelCall,
  closeChannelCall,
  abandonChannelCall,
  getNodeInfoCall,
  getChannelInfoCall,
  updateChannelPolicyCall,
  forwardingHistoryCall,
  newAddressCall,
  listUnspentCall,
  getTransactionsCall,
  estimateFeeCall,
  requiredReserveCall,
  publishTransactionCall,
  fundPsbtCall,
  finalizePsbtCall,
  releaseOutputCall,
  listLeasesCall,
  checkMacaroonPermissionsCall,
  exportChannelBackupsCall,
  getVersionCall,
  subscribeChannelBackupsCall,
  verifyChannelBackupCall,
  registerConfirmationsCall,
  registerSpendCall,
]
