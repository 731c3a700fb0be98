/** The only door to chance. Must be cryptographically strong outside of simulations. */
export interface Random {
  /** `length` fresh bytes. */
  bytes(length: number): Uint8Array
}
