import { status } from '@grpc/grpc-js'
import type { ErrorCode } from '@payment-node/core'
import type { MethodPath } from '../src/call.ts'

const add = '/lnrpc.Lightning/AddInvoice'
const look = '/lnrpc.Lightning/LookupInvoice'
const cancel = '/invoicesrpc.Invoices/CancelInvoice'
const decode = '/lnrpc.Lightning/DecodePayReq'
const pay = '/routerrpc.Router/SendPaymentV2'
const track = '/routerrpc.Router/TrackPaymentV2'
const info = '/lnrpc.Lightning/GetInfo'
const { UNKNOWN, UNAVAILABLE, DEADLINE_EXCEEDED, ALREADY_EXISTS, NOT_FOUND, INTERNAL } = status

/** What comes of a call, and what it means. */
type Row = readonly [
  path: MethodPath,
  code: status,
  words: string,
  expected: ErrorCode,
  details?: object,
]

// Words of LND 0.21.2, seen on a running node unless they stand under "from its source".
export const errorRows: readonly Row[] = [
  [
    info,
    UNKNOWN,
    'wallet locked, unlock it to enable full RPC access',
    'node.unavailable',
    { reason: 'locked', outcome: 'none' },
  ],
  [
    pay,
    UNKNOWN,
    'wallet locked, unlock it to enable full RPC access',
    'node.unavailable',
    { reason: 'locked', outcome: 'none' },
  ],
  [
    add,
    UNKNOWN,
    'the RPC server is in the process of starting up, but not yet ready to accept calls',
    'node.unavailable',
    { reason: 'starting', outcome: 'none' },
  ],
  [
    info,
    UNKNOWN,
    'verification failed: signature mismatch after caveat verification',
    'node.macaroon-rejected',
    { reason: 'invalid', call: info },
  ],
  [
    info,
    UNKNOWN,
    "cannot retrieve macaroon: cannot get macaroon: root key with id 41 doesn't exist",
    'node.macaroon-rejected',
    { reason: 'invalid', call: info },
  ],
  [
    info,
    UNKNOWN,
    'cannot determine data format of binary-encoded macaroon',
    'node.macaroon-rejected',
    { reason: 'invalid', call: info },
  ],
  [
    pay,
    UNKNOWN,
    'permission denied',
    'node.macaroon-rejected',
    { reason: 'permission-denied', call: pay },
  ],
  [
    add,
    UNKNOWN,
    'invoice with payment hash already exists',
    'node.invoice-exists',
    { paymentHash: 'ab' },
  ],
  [
    add,
    UNKNOWN,
    'memo too large: 2000 bytes (maxsize=1024)',
    'node.refused',
    { call: add, reason: 'other' },
  ],
  [
    add,
    UNKNOWN,
    'data length too big to fit within 10 bits: 1120',
    'node.refused',
    { call: add, reason: 'other' },
  ],
  [look, NOT_FOUND, 'unable to locate invoice', 'node.invoice-not-found', { paymentHash: 'ab' }],
  [cancel, UNKNOWN, 'unable to locate invoice', 'node.invoice-not-found', { paymentHash: 'ab' }],
  [cancel, UNKNOWN, 'invoice already settled', 'node.invoice-settled', { paymentHash: 'ab' }],
  [
    decode,
    UNKNOWN,
    "invoice not for current active network 'simnet'",
    'node.invoice-malformed',
    { reason: 'wrong-network' },
  ],
  [
    decode,
    UNKNOWN,
    'checksum failed. Expected qp387p, got qp387q.',
    'node.invoice-malformed',
    { reason: 'checksum' },
  ],
  [
    decode,
    UNKNOWN,
    'invalid bech32 string length 5',
    'node.invoice-malformed',
    { reason: 'malformed' },
  ],
  [
    decode,
    UNKNOWN,
    'string not all lowercase or all uppercase',
    'node.invoice-malformed',
    { reason: 'malformed' },
  ],
  [
    pay,
    UNKNOWN,
    'self-payments not allowed',
    'node.refused',
    { call: pay, reason: 'self-payment' },
  ],
  [
    pay,
    UNKNOWN,
    'invoice expired. Valid until 2026-11-22 15:10:26 +0000 UTC',
    'node.refused',
    { call: pay, reason: 'expired' },
  ],
  [
    pay,
    UNKNOWN,
    'cltv limit 80 should be greater than 83',
    'node.refused',
    { call: pay, reason: 'cltv-limit' },
  ],
  [
    pay,
    UNKNOWN,
    'total time lock of 3000 exceeds max allowed 2016',
    'node.refused',
    { call: pay, reason: 'cltv-limit' },
  ],
  [
    pay,
    UNKNOWN,
    'amount must be specified when paying a zero amount invoice',
    'node.refused',
    { call: pay, reason: 'amount' },
  ],
  [
    pay,
    UNKNOWN,
    'amount must not be specified when paying a non-zero amount invoice',
    'node.refused',
    { call: pay, reason: 'amount' },
  ],
  [
    pay,
    UNKNOWN,
    'checksum failed. Expected qp387p, got qp387q.',
    'node.refused',
    { call: pay, reason: 'malformed' },
  ],
  [
    pay,
    ALREADY_EXISTS,
    'invoice is already paid',
    'node.payment-exists',
    { paymentHash: 'ab', state: 'paid' },
  ],
  [track, NOT_FOUND, "payment isn't initiated", 'node.payment-not-found', { paymentHash: 'ab' }],

  // From its source.
  [
    info,
    UNKNOWN,
    'wallet not created, create one to enable full RPC access',
    'node.unavailable',
    { reason: 'wallet-missing', outcome: 'none' },
  ],
  [
    info,
    UNKNOWN,
    'waiting to start, RPC services not available',
    'node.unavailable',
    { reason: 'waiting-to-start', outcome: 'none' },
  ],
  [
    info,
    UNKNOWN,
    'server is still in the process of starting',
    'node.unavailable',
    { reason: 'starting', outcome: 'none' },
  ],
  [
    info,
    UNKNOWN,
    'expected 1 macaroon, got 0',
    'node.macaroon-rejected',
    { reason: 'invalid', call: info },
  ],
  [
    info,
    UNKNOWN,
    'verification failed: caveat "time-before 2020-01-01T00:00:00Z" not satisfied: macaroon has expired',
    'node.macaroon-rejected',
    { reason: 'invalid', call: info },
  ],
  [
    look,
    NOT_FOUND,
    'there are no existing invoices',
    'node.invoice-not-found',
    { paymentHash: 'ab' },
  ],
  [
    pay,
    ALREADY_EXISTS,
    'payment is in transition',
    'node.payment-exists',
    { paymentHash: 'ab', state: 'in-flight' },
  ],
  [
    pay,
    ALREADY_EXISTS,
    'payment already exists',
    'node.payment-exists',
    { paymentHash: 'ab', state: 'in-flight' },
  ],
  [
    pay,
    UNKNOWN,
    'payment request must contain either a payment address or blinded paths',
    'node.refused',
    { call: pay, reason: 'payment-secret' },
  ],
  [decode, UNKNOWN, 'invalid invoice signature', 'node.invoice-malformed', { reason: 'signature' }],
  [
    cancel,
    status.UNIMPLEMENTED,
    'unknown service invoicesrpc.Invoices',
    'node.unsupported',
    { call: cancel },
  ],

  // What may come after LND stored the payment is no proof that nothing happened.
  [
    pay,
    UNKNOWN,
    'routerrpc server shutting down',
    'node.unavailable',
    { reason: 'unreachable', outcome: 'unknown' },
  ],
  [
    pay,
    UNKNOWN,
    'something that LND never said before',
    'node.unavailable',
    { reason: 'overloaded', outcome: 'unknown' },
  ],
  [
    pay,
    INTERNAL,
    'internal server error',
    'node.unavailable',
    { reason: 'unreachable', outcome: 'unknown' },
  ],
  [
    pay,
    NOT_FOUND,
    "payment isn't initiated",
    'node.unavailable',
    { reason: 'overloaded', outcome: 'unknown' },
  ],
  // Only LND's own words prove that it never stored a payment.
  [
    track,
    NOT_FOUND,
    'no such service here',
    'node.unavailable',
    { reason: 'overloaded', outcome: 'none' },
  ],
  [
    add,
    UNKNOWN,
    'database not open',
    'node.unavailable',
    { reason: 'overloaded', outcome: 'unknown' },
  ],

  // gRPC's own.
  [
    add,
    UNAVAILABLE,
    'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:9. Resolution note: ',
    'node.unavailable',
    { reason: 'unreachable', outcome: 'none' },
  ],
  [
    add,
    UNAVAILABLE,
    'Name resolution failed for target dns:nowhere.invalid:1',
    'node.unavailable',
    { reason: 'unreachable', outcome: 'none' },
  ],
  [
    add,
    UNAVAILABLE,
    'Connection dropped',
    'node.unavailable',
    { reason: 'unreachable', outcome: 'unknown' },
  ],
  [
    look,
    UNAVAILABLE,
    'Connection dropped',
    'node.unavailable',
    { reason: 'unreachable', outcome: 'none' },
  ],
  [
    add,
    UNAVAILABLE,
    'read ECONNRESET',
    'node.unavailable',
    { reason: 'unreachable', outcome: 'unknown' },
  ],
  [
    add,
    UNAVAILABLE,
    'No connection established. Last error: Error: write EPROTO wrong version number. Resolution note: ',
    'node.unavailable',
    { reason: 'misconfigured', outcome: 'none' },
  ],
  [
    add,
    DEADLINE_EXCEEDED,
    'Deadline exceeded after 15.000s,Waiting for LB pick',
    'node.unavailable',
    { reason: 'unreachable', outcome: 'none' },
  ],
  [
    add,
    DEADLINE_EXCEEDED,
    'Deadline exceeded after 15.000s,remote_addr=127.0.0.1:10009',
    'node.unavailable',
    { reason: 'deadline', outcome: 'unknown' },
  ],
  [
    look,
    DEADLINE_EXCEEDED,
    'Deadline exceeded after 15.000s,remote_addr=127.0.0.1:10009',
    'node.unavailable',
    { reason: 'deadline', outcome: 'none' },
  ],
  [
    add,
    UNKNOWN,
    'Received HTTP status code 502',
    'node.unavailable',
    { reason: 'misconfigured', outcome: 'unknown' },
  ],
  [
    add,
    UNAVAILABLE,
    'No connection established. Last error: Error: self-signed certificate. Resolution note: ',
    'node.certificate-rejected',
    { reason: 'untrusted' },
  ],
  [
    add,
    UNAVAILABLE,
    'No connection established. Last error: Error: certificate has expired. Resolution note: ',
    'node.certificate-rejected',
    { reason: 'untrusted' },
  ],
  [
    add,
    UNAVAILABLE,
    "No connection established. Last error: Error: Hostname/IP does not match certificate's altnames: IP: 10.0.0.1 is not in the cert's list: . Resolution note: ",
    'node.certificate-rejected',
    { reason: 'name-mismatch' },
  ],
]
