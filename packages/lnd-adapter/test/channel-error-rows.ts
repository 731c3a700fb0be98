import { status } from '@grpc/grpc-js'
import type { ErrorCode } from '@payment-node/core'
import type { MethodPath } from '../src/call.ts'

const open = '/lnrpc.Lightning/OpenChannelSync'
const close = '/lnrpc.Lightning/CloseChannel'
const connect = '/lnrpc.Lightning/ConnectPeer'
const policy = '/lnrpc.Lightning/UpdateChannelPolicy'
const publish = '/walletrpc.WalletKit/PublishTransaction'
const fund = '/walletrpc.WalletKit/FundPsbt'
const finalize = '/walletrpc.WalletKit/FinalizePsbt'
const release = '/walletrpc.WalletKit/ReleaseOutput'
const { UNKNOWN } = status
const key = `02${'ab'.repeat(32)}`

/** LND's words for one call and the reason they stand for; undefined: they prove nothing. */
type Refusals = readonly (readonly [words: string, reason: string | undefined])[]

const peerSays = (words: string): string =>
  `received funding error from ${key}: chan_id=${'00'.repeat(32)}, err=${words}`

// Words of LND 0.21.2 and 0.19.3; "seen" on a running node (regtest/test/contract), the rest from
// their source.
const opens: Refusals = [
  // Seen.
  [`peer ${key} is not online`, 'peer-offline'],
  ['cannot open channel to self', 'other'],
  ['channel is too small, the minimum channel size is: 20000 SAT', 'too-small'],
  ['funding amount is too large, the max channel size is: 0.16777215 BTC', 'too-large'],
  [
    'not enough witness outputs to create funding transaction, need 0.005 BTC only have 0.004 BTC  available',
    'wallet-too-small',
  ],
  [
    `outpoint already spent or locked by another subsystem: ${'cd'.repeat(32)}:0`,
    'outpoints-unavailable',
  ],
  ['the passed output does not belong to the wallet', 'outpoints-unavailable'],
  [
    'reserved wallet balance invalidated: transaction would leave insufficient funds for fee bumping anchor channel closings (see debug log for details)',
    'reserve',
  ],
  [
    'fee 0.0006 BTC exceeds max fee (0.00004 BTC) on total output value 0.0002 BTC with max fee ratio of 0.20',
    'other',
  ],
  [peerSays('Number of pending channels exceed maximum'), 'too-many-pending'],
  [peerSays('chan size of 0.00399999 BTC is below min chan size of 0.004 BTC'), 'too-small'],
  [peerSays('chan size of 0.00600001 BTC exceeds maximum chan size of 0.006 BTC'), 'too-large'],
  [peerSays('not today'), 'peer-refused'],
  // A peer chooses its words, also those of others.
  [peerSays('wallet locked, unlock it to enable full RPC access'), 'peer-refused'],
  [peerSays('server is shutting down'), 'peer-refused'],
  [peerSays('context deadline exceeded'), 'peer-refused'],
  [peerSays('permission denied'), 'peer-refused'],
  // It may have been stored and published.
  ['peer disconnected', undefined],

  // From the source.
  [`peer ${key} disconnected`, 'peer-offline'],
  ['unable to send funding request message: peer exiting', 'peer-offline'],
  ['peer exiting', 'peer-offline'],
  [
    `reservation timed out waiting for peer (peer_id:${key}, chan_id:${'00'.repeat(32)})`,
    'peer-offline',
  ],
  ['channels cannot be created before the wallet is fully synced', 'not-synced'],
  ['funder balance too small (-905000) with fee=9050 sat, minimum=708 sat required', 'too-small'],
  [
    'change amount(0.00000100 BTC) after coin select is below dust limit(0.00000330 BTC)',
    'wallet-too-small',
  ],
  ["the passed output doesn't belong to the wallet", 'outpoints-unavailable'],
  ['invalid output index 9 for transaction with 2 outputs', 'outpoints-unavailable'],
  ['output already locked', 'outpoints-unavailable'],
  ['requested channel type not supported', 'peer-refused'],
  ['CSV delay too large: 9999, max is 2016', 'peer-refused'],
  ['channel reserve is too large: 900 sat, max is 200 sat', 'peer-refused'],
  ['explicit channel type not echoed back', 'peer-refused'],
  [peerSays('Synchronizing blockchain'), 'peer-refused'],
  [peerSays('channel too large'), 'too-large'],
  ['database not open', undefined],
  ['something that LND never said before', undefined],
]

const closes: Refusals = [
  // Seen.
  ['channel not found', 'channel-not-found'],
  [
    'unable to gracefully close channel while peer is offline (try force closing it instead): channel link not found',
    'peer-offline',
  ],
  [
    'cannot coop close channel with active htlcs (number of active htlcs: 1), bypass this check and initiate the coop close by setting no_wait=true',
    'htlcs-pending',
  ],
  ['channel is already in the process of being force closed', 'channel-state'],

  // From the source.
  ['no active channels exist', 'channel-not-found'],
  [`no peer for channel with chan_id=${'ab'.repeat(32)}`, 'peer-offline'],
  ['cannot close channel with state: ChanStatusRestored', 'channel-state'],
  [
    'cannot co-op close frozen channel as initiator until height=900000, (current_height=800000)',
    'channel-state',
  ],
  ['unable to find arbitrator', 'channel-state'],
  [`unable to close channel, ChannelID(${'ab'.repeat(32)}) is unknown`, 'channel-state'],
  ['unable to shutdown channel: channel shutdown already initiated', 'channel-state'],
  // After the peer was told.
  ['unable to process close msg: unexpected closing signed', undefined],
  ['something that LND never said before', undefined],
]

const insufficient = 'insufficient funds available to construct transaction'

const funds: Refusals = [
  // Seen.
  [`wallet couldn't fund PSBT: error creating funding TX: ${insufficient}`, 'wallet-too-small'],
  [
    `wallet couldn't fund PSBT: could not add change address to database: fee estimation not successful: ${insufficient}`,
    'wallet-too-small',
  ],
  ['input 0 not found in list of non-locked UTXO', 'outpoints-unavailable'],
  ["wallet couldn't fund PSBT: transaction output is dust", 'dust'],
  ["wallet couldn't fund PSBT: transaction output amount exceeds maximum value", 'other'],
  ['error parsing address nonsense for network simnet: checksum mismatch', 'bad-address'],
  ['address is not for simnet', 'bad-address'],
  // From the source. Locks before the one that failed stay: LND releases them under another id.
  ['could not lock inputs: could not lease a lock on UTXO: output already locked', undefined],
  ['unable to retrieve current height: the client has been shutdown', undefined],
]

const publishes: Refusals = [
  // Seen.
  ['transaction rejected: output already spent', 'input-spent'],
  ['MsgTx.BtcDecode: witness tx but flag byte is 00', 'malformed'],
  ['unexpected EOF', 'malformed'],

  // From the source.
  [
    'transaction rejected by the mempool because of low fees: mempool min fee not met',
    'fee-too-low',
  ],
  ['dust', 'rejected'],
  ['mandatory script verify flag failed', 'rejected'],
  ['undefined: connection refused', undefined],
  ['the client has been shutdown', undefined],
]

/** In the form of `errorRows`. */
export const channelErrorRows: readonly (readonly [
  path: MethodPath,
  code: status,
  words: string,
  expected: ErrorCode,
  details?: object,
])[] = [
  ...rowsOf(open, opens),
  ...rowsOf(close, closes),
  ...rowsOf(publish, publishes),
  ...rowsOf(fund, funds),
  ...rowsOf(finalize, [
    // Seen.
    ['error parsing PSBT: Invalid Psbt due to incorrect magic bytes', 'malformed'],
    ['PSBT is already fully signed', 'malformed'],
    // From the source.
    ['error finalizing PSBT: Invalid PSBT serialization format', 'other'],
  ]),
  ...rowsOf(release, [
    // Seen.
    ['unknown output', 'not-held'],
    ['output unlock not alowed', 'not-held'],
    ['something that LND never said before', undefined],
  ]),
  ...rowsOf(connect, [
    // Seen.
    [`already connected to peer: ${key}@127.0.0.1:9735`, 'already-connected'],
    ['cannot make connection to self', 'other'],
    ['dial tcp 127.0.0.1:1: connect: connection refused', 'peer-unreachable'],
  ]),
  ...rowsOf(policy, [
    // Seen.
    ['time lock delta of 1 is too small, minimum supported is 18', 'other'],
    ['something that LND never said before', undefined],
  ]),
]

function rowsOf(path: MethodPath, refusals: Refusals): (typeof channelErrorRows)[number][] {
  return refusals.map(([words, reason]) =>
    reason === undefined
      ? [path, UNKNOWN, words, 'node.unavailable', { reason: 'overloaded', outcome: 'unknown' }]
      : [path, UNKNOWN, words, 'node.refused', { call: path, reason }],
  )
}
