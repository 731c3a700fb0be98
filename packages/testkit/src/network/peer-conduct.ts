/** How a node behaves towards those who want channels with it. Nothing given: like LND's defaults. */
export interface PeerConduct {
  /** Smallest channel it takes, in sat (LND: `minchansize`). */
  readonly minimumChannelSat?: bigint
  /** Largest channel it takes, in sat (LND: `maxchansize`). */
  readonly maximumChannelSat?: bigint
  /** It refuses every channel, in these words. */
  readonly refusesChannels?: string
  /** Its port is open, and nobody ever answers there. */
  readonly isSilentOnConnect?: boolean
  /**
   * The message of an opening (BOLT2) that it never answers. After `'funding_created'` it has the channel in
   * its books, and the opener has not.
   */
  readonly neverAnswers?: 'open_channel' | 'funding_created'
  /** It never says that a channel is ready: the channel is open and never active. */
  readonly withholdsReady?: boolean
  /** What it does when a channel becomes active for the first time. */
  readonly closesOnceActive?: 'cooperative' | 'force'
}
