/**
 * Loads the code of swaps (curves, scripts, signatures) now, instead of with the first swap: for programs that bundle
 * or snapshot themselves, and for simulations, whose time does not wait for a module.
 */
export async function loadSwapCode(): Promise<void> {
  await Promise.all([
    import('./kit/index.ts'),
    import('./kit/check-swap-key.ts'),
    import('./kit/read-transaction.ts'),
  ])
}
