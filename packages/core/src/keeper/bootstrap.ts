import type { Context } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import {
  closingCostSat,
  fundingFeeSat,
  type KeeperMoney,
  wholeFeerate,
} from '../domain/keeper-money.ts'
import { capacityOf, type KeeperPlan } from '../domain/keeper-plan.ts'
import type { ListedPeers } from '../domain/listed-peers.ts'
import { keeperPolicy } from './take-snapshot.ts'

/** What all missing channels need on chain, and what is there. About: fees change. */
export interface Bootstrap {
  /** Channels that are missing. */
  readonly channels: number
  /** Their sizes, their funding and closing, and what stays in the wallet. */
  readonly needed: Amount
  /** Confirmed coins that are free; null while LND cannot be asked, or nothing is missing. */
  readonly available: Amount | null
  /** Null where `available` is. */
  readonly missing: Amount | null
  /** For people, with amounts. */
  readonly says: string
}

/** sat that LND keeps per public anchor channel, and at most: for when it cannot be asked. */
const reservePerChannel = 10_000n
const largestReserve = 100_000n

/** Sums up what the missing channels need. */
export async function readBootstrap(
  context: Context,
  list: ListedPeers | undefined,
  plan: KeeperPlan,
  money: KeeperMoney | undefined,
): Promise<Bootstrap> {
  const policy = keeperPolicy(context)
  const channels = Math.max(0, plan.count.wanted - plan.count.counted)
  if (channels === 0) {
    const nothing = { channels, needed: new Amount(0n), available: null, missing: null }
    return { ...nothing, says: 'No channel is missing.' }
  }
  const next = [plan.candidate?.publicKey, ...plan.following]
  const capacities = Array.from({ length: channels }, (_, at) => {
    const entry = list?.byKey.get(next[at] ?? '')
    return entry ? capacityOf(entry, policy) : policy.capacityMsat
  })
  const capacitySat = capacities.reduce((sum, capacity) => sum + capacity, 0n) / 1000n
  const satPerVbyte = money ? wholeFeerate(money.feerate) : policy.maximumFeerate
  const feesSat = (fundingFeeSat(satPerVbyte, 1) + closingCostSat(satPerVbyte)) * BigInt(channels)
  const reserveSat = await reserveOf(context, channels, money)
  const floorSat = policy.onchainFloorMsat / 1000n
  const neededSat = capacitySat + feesSat + (reserveSat > floorSat ? reserveSat : floorSat)

  const first = capacities[0]!
  const size = capacities.every((capacity) => capacity === first)
    ? `${channels} ${channels === 1 ? 'channel' : 'channels'} of ${group(first / 1000n)} sat`
    : `${channels} channels of together ${group(capacitySat)} sat`
  const says = `${size} ${channels === 1 ? 'needs' : 'need'} about ${group(neededSat)} sat on chain`
  const needed = new Amount(neededSat * 1000n)
  if (!money) {
    return {
      ...{ channels, needed, available: null, missing: null },
      says: `${says}; the wallet cannot be read now.`,
    }
  }
  const availableSat = money.coinsSat.reduce((sum, coin) => sum + coin, 0n)
  const missingSat = availableSat < neededSat ? neededSat - availableSat : 0n
  return {
    channels,
    needed,
    available: new Amount(availableSat * 1000n),
    missing: new Amount(missingSat * 1000n),
    says:
      missingSat === 0n
        ? `${says}; the wallet has ${group(availableSat)} sat.`
        : `${says}; the wallet has ${group(availableSat)} sat: send about ${group(missingSat)} sat to keeper.depositAddress().`,
  }
}

async function reserveOf(
  { lightning }: Context,
  channels: number,
  money: KeeperMoney | undefined,
): Promise<bigint> {
  const asked = money && (await lightning.onchain?.requiredReserve(channels).catch(() => undefined))
  if (asked !== undefined) return asked
  const guessed = (money?.reserveSat ?? 0n) + reservePerChannel * BigInt(channels)
  return guessed > largestReserve ? largestReserve : guessed
}

/** `10,050,000`. */
function group(sat: bigint): string {
  return String(sat).replace(/\B(?=(\d{3})+$)/g, ',')
}
