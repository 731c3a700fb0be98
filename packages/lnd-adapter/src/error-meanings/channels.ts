import { status } from '@grpc/grpc-js'
import type { Meaning } from './meaning.ts'
import { refused } from './payments.ts'
import { refusals, type Words } from './refusals.ts'

/*
 * OpenChannelSync. LND gives an open one error, from one of these places (LND 0.19 to 0.21):
 *
 * 1. rpcserver and server, before the funding manager has the request.
 * 2. The funding manager's handling of the request: wallet reservation, sending `open_channel`.
 * 3. failFundingFlow and handleErrorMsg, which first cancel the wallet's reservation. That works
 *    only as long as the peer's `funding_signed` was not taken, so nothing was stored or published.
 * 4. CancelPeerReservations when the connection ends: "peer disconnected". It runs beside the
 *    others and says so whether or not the reservation could be canceled, so the channel may be
 *    stored and its funding published. It is left out below: the outcome is unknown.
 * 5. The shutdown of LND, which is no answer: the outcome is unknown.
 *
 * After the funding transaction was handed to the network no error is given at all, not even when
 * the network refused it. So the words below prove that nothing was published; words that nobody has
 * looked up prove nothing.
 */
const openRefusals: Words = [
  // 1.
  ['peer-offline', /^peer [0-9a-f]{66} (is not online|disconnected)$/],
  ['not-synced', /^channels cannot be created before the wallet is fully synced/],
  ['too-small', /^channel is too small, the minimum channel size is/],
  ['too-large', /^funding amount is too large, the max channel size is/],
  ['other', /^cannot open channel to self$/],
  // 2.
  ['peer-offline', /^unable to send funding request message: /],
  ['reserve', /^reserved wallet balance invalidated/],
  ['wallet-too-small', /^not enough witness outputs to create funding transaction/],
  ['wallet-too-small', /^change amount\(.*\) after coin select is below dust limit/],
  ['other', /^fee .* exceeds max fee \(.*\) on total output value/],
  ['outpoints-unavailable', /^outpoint already spent or locked by another subsystem/],
  ['outpoints-unavailable', /^the passed output (does not|doesn't) belong to the wallet$/],
  ['outpoints-unavailable', /^invalid output index \d+ for transaction with/],
  ['outpoints-unavailable', /^(output already locked|unknown output)$/],
  ['too-small', /^funder balance too small \(/],
  ['peer-refused', /^requested channel type not supported$/],
  // 3: the peer answers something that LND does not accept, or nothing.
  ['peer-offline', /^peer exiting$/],
  ['peer-offline', /^reservation timed out waiting for peer /],
  [
    'peer-refused',
    /^(CSV delay too large|channel reserve (of \d+ sat is too small|is too large)|minimum HTLC value is too large|maxHtlcs is too (large|small)|maxValueInFlight too small|minimum depth of \d+ is too large|dust limit .* is invalid|explicit channel type not echoed back|channel type mismatch|received unexpected channel type|negotiated unexpected channel type)/,
  ],
]

/** What the peer says, in words that it chooses freely; all but the last are LND's. */
const peerRefusals: Words = [
  ['too-many-pending', peerSays('Number of pending channels exceed maximum$')],
  ['too-small', peerSays('chan size of .* is below min chan size of ')],
  ['too-large', peerSays('chan size of .* exceeds maximum chan size of ')],
  ['too-large', peerSays('channel too large$')],
  ['peer-refused', peerSays('')],
]

/*
 * CloseChannel. All of these come before LND tells the peer or publishes anything. Later errors (the
 * negotiation fails, the broadcast fails) are not listed: the outcome is unknown.
 */
const closeRefusals: Words = [
  [
    'channel-not-found',
    /^(channel not found|no active channels exist|channel db has not yet been created)$/,
  ],
  ['peer-offline', /^unable to gracefully close channel while peer is offline/],
  ['peer-offline', /^no peer for channel with chan_id=/],
  ['htlcs-pending', /^cannot coop close channel with active htlcs/],
  ['channel-state', /^cannot close channel with state: /],
  ['channel-state', /^cannot co-op close frozen channel as initiator until/],
  ['channel-state', /^channel is already in the process of being force closed$/],
  ['channel-state', /^unable to find arbitrator$/],
  ['channel-state', /^unable to close channel, ChannelID\(.*\) is unknown$/],
  ['channel-state', /^unable to shutdown channel: /],
]

/** Answers of the calls that connect, open, close, and set what channels ask. */
export const channelMeanings: readonly Meaning[] = [
  ...refusals('OpenChannelSync', [...openRefusals, ...peerRefusals]),
  ...refusals('CloseChannel', closeRefusals),
  ...refusals('ConnectPeer', [
    ['already-connected', /^already connected to peer: /],
    ['other', /^cannot make connection to self$/],
  ]),
  ...refusals('UpdateChannelPolicy', [['other', /^time lock delta of \d+ (is too|exceeds)/]]),
  {
    code: status.NOT_FOUND,
    words: /^unable to find node$/,
    calls: ['GetNodeInfo'],
    make: (fact) => refused(fact, 'node-not-found'),
  },
  // Without a code of its own in 0.19; with the outpoint behind it for a channel whose close has a block.
  {
    words: /^edge not found(: op=|$)|^edge marked as zombie$/,
    calls: ['GetChanInfo'],
    make: (fact) => refused(fact, 'channel-not-found'),
  },
]

/**
 * Whatever else ConnectPeer says comes from the attempt to reach the peer, in words of the operating
 * system, of Tor, or of the handshake. Stands behind what says that LND itself is not ready.
 */
export const unreachableMeanings: readonly Meaning[] = [
  {
    code: status.UNKNOWN,
    calls: ['ConnectPeer'],
    make: (fact) => refused(fact, 'peer-unreachable'),
  },
]

function peerSays(words: string): RegExp {
  return new RegExp(`^received funding error from [0-9a-f]{66}: chan_id=[0-9a-f]+, err=${words}`)
}
