import type { Call } from './call.ts'
import { addInvoiceCall } from './calls/add-invoice.ts'
import { cancelInvoiceCall } from './calls/cancel-invoice.ts'
import { checkMacaroonPermissionsCall } from './calls/check-macaroon-permissions.ts'
import { closedChannelsCall } from './calls/closed-channels.ts'
import { decodePaymentRequestCall } from './calls/decode-payment-request.ts'
import { exportChannelBackupsCall } from './calls/export-channel-backups.ts'
import { getInfoCall } from './calls/get-info.ts'
import { getStateCall } from './calls/get-state.ts'
import { getVersionCall } from './calls/get-version.ts'
import { listChannelsCall } from './calls/list-channels.ts'
import { listInvoicesCall } from './calls/list-invoices.ts'
import { listPaymentsCall } from './calls/list-payments.ts'
import { lookupInvoiceCall } from './calls/lookup-invoice.ts'
import { pendingChannelsCall } from './calls/pending-channels.ts'
import { sendPaymentCall } from './calls/send-payment.ts'
import { subscribeChannelBackupsCall } from './calls/subscribe-channel-backups.ts'
import { subscribeChannelEventsCall } from './calls/subscribe-channel-events.ts'
import { subscribeInvoicesCall } from './calls/subscribe-invoices.ts'
import { trackPaymentCall } from './calls/track-payment.ts'
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
  checkMacaroonPermissionsCall,
  exportChannelBackupsCall,
  getVersionCall,
  subscribeChannelBackupsCall,
  verifyChannelBackupCall,
]
