import type { DelegatedCheck } from '../../ports/swap-provider.ts'

/** What was found right before a daemon was asked to start a swap. */
export interface StoredStart {
  /** Index of LND's newest payment: those of the swap come after it. */
  readonly after: bigint
  readonly check?: DelegatedCheck
}

export function writeStart({ after, check }: StoredStart): unknown {
  return { after: after.toString(), check }
}

/** What {@link writeStart} wrote; without it, LND's whole history is looked through. */
export function readStart(stored: unknown): StoredStart {
  const { after = '0' } = (stored ?? {}) as { readonly after?: string }
  return { after: BigInt(after) }
}
