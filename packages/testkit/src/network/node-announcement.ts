/** What the graph says of a node beyond its channels in the simulation: as if it had many others. */
export interface NodeAnnouncement {
  /** `host:port`; default its real address. */
  readonly addresses?: readonly string[]
  /** Public channels besides the simulated ones. */
  readonly channels?: number
  /** Capacity of those, in sat. */
  readonly capacitySat?: bigint
  /** The smallest of those, in sat. */
  readonly smallestChannelSat?: bigint
  /** Milliseconds since 1970; default: when the network began, or a channel was announced. */
  readonly lastUpdateAt?: number
}
