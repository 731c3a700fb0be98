import type { Dice } from '../plan-trades.ts'

/** What an operator does with his daemon; times are milliseconds since the run began. */
export type DaemonTrade =
  | {
      readonly do: 'daemon-swap'
      readonly at: number
      readonly name: string
      readonly amountSat: number
      /** Its coins go to somebody else's wallet. */
      readonly isWithdrawal: boolean
      readonly urgency: 'low' | 'normal' | 'urgent'
    }
  /** He gives up what the daemon has forgotten, or what it says of which cannot be. */
  | { readonly do: 'give-up-stuck'; readonly at: number }

type Planned =
  | DaemonTrade
  | { readonly do: 'mine'; readonly at: number; readonly blocks: number }
  | { readonly do: 'trust-providers'; readonly at: number }

/** Amounts from what is not worth it to what is split, one after the other and at once. */
export function planDaemonSwaps({ between, chance, pick, later, horizon }: Dice): Planned[] {
  const trades: Planned[] = []
  for (let count = between(1, 4); count > 0; count--) {
    trades.push({
      do: 'daemon-swap',
      at: chance(60) ? between(1000, Math.floor(horizon / 2)) : later(),
      name: `daemon-swap-${count}`,
      amountSat: chance(8) ? between(1000, 90_000) : between(150_000, 1_800_000),
      isWithdrawal: chance(20),
      urgency: pick(['low', 'normal', 'urgent'] as const),
    })
  }
  for (let at = between(0, 20_000); at < horizon; at += between(3000, 30_000))
    trades.push({ do: 'mine', at, blocks: 1 })
  for (let at = between(60_000, 200_000); at < horizon; at += between(60_000, 300_000))
    trades.push({ do: 'trust-providers', at })
  if (chance(40)) trades.push({ do: 'give-up-stuck', at: later() })
  return trades
}
