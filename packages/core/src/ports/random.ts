/** The only door to chance. Must be cryptographically strong outside of simulations. */
export interface Random {
  bytes(length: number): Uint8Array
}
