import type { Meaning } from './meaning.ts'
import { refusals } from './refusals.ts'

/**
 * PublishTransaction: what LND reads of the bytes first, and what the mempool of its chain backend says
 * (bitcoind's and btcd's words, as LND unifies them). What LND cannot unify may be a broken connection
 * to the backend, after the transaction went out: the outcome is unknown.
 */
const publishMeanings = refusals('PublishTransaction', [
  ['malformed', /^(unexpected )?EOF$|^(MsgTx\.BtcDecode|readScript|readTxInOut|ReadVarInt): /],
  ['input-spent', /^transaction rejected: output already spent$/],
  ['fee-too-low', /^transaction rejected by the mempool because of low fees/],
  [
    'rejected',
    /^(bad txns |bad witness nonstandard|max fee(rate)? exceeded|replacement adds unconfirmed|insufficient fee|too many potential replacements|too long mempool chain|TRUC violation|mempool full|tx size|(non )?mandatory script verify flag|disabled opcode|coinbase$|version$|scriptpubkey$|bare multisig|scriptsig |dust$|multi op return|non (BIP68 )?final|bip125 replacement disallowed)/,
  ],
])

/** FundPsbt: all of it comes before the first lock. A lock that fails leaves earlier ones behind: unknown. */
const fundMeanings = refusals('FundPsbt', [
  [
    'bad-address',
    /^(error parsing address|address is not for|error getting pk script for address) /,
  ],
  ['outpoints-unavailable', /^input \d+ not found in list of non-locked UTXO$/],
  ['wallet-too-small', /^wallet couldn't fund PSBT: .*insufficient funds available/],
  ['dust', /^wallet couldn't fund PSBT: transaction output is dust$/],
  ['other', /^wallet couldn't fund PSBT: /],
])

const signMeanings = refusals('FinalizePsbt', [
  ['malformed', /^error parsing PSBT: |^PSBT is already fully signed$/],
])

/** "alowed" is how the wallet writes it. */
const releaseMeanings = refusals('ReleaseOutput', [
  ['not-held', /^(unknown output|output unlock not all?owed)$/],
])

export const onchainMeanings: readonly Meaning[] = [
  ...publishMeanings,
  ...fundMeanings,
  ...signMeanings,
  ...releaseMeanings,
]
