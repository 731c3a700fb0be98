import type { SelfCustodialSwapProvider } from '@payment-node/core'
// Loaded before virtual time begins: what is loaded while it runs comes hours later.
import '../../src/swaps/kit/index.ts'

/** Makes prices and never answers a creation: what is asked for stays as it was stored. */
export function silentProvider(name: string, ppm: bigint): SelfCustodialSwapProvider {
  const forEver = (): Promise<never> => new Promise(() => undefined)
  return {
    contractVersion: 1,
    custody: 'self',
    name,
    url: `https://${name}.example/v2`,
    limits: async () => ({ minimumSat: 50_000n, maximumSat: 3_000_000n }),
    async quote(amountSat) {
      return {
        amountSat,
        serviceSat: (amountSat * ppm) / 1_000_000n,
        lockupSat: 300n,
        claimSat: 200n,
        prepayAtRiskSat: 0n,
        expiresAt: 4_000_000_000_000,
      }
    },
    create: forEver,
    status: forEver,
    watch: async function* () {
      yield await forEver()
    },
    requestClaimSignature: forEver,
  }
}
