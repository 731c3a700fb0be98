import type {
  LiquidityChannel,
  LiquiditySettings,
  LiquiditySnapshot,
  LiquiditySwapOffer,
  PayablePartner,
} from '@payment-node/core'

const [channels, partners] = [1000, 10_000]
const capacityMsat = 16_000_000_000n

/** What the node is in: nothing to do; one partner fills the gap; thousands are paid; nothing is allowed. */
export type LiquidityCase = 'enough' | 'usual' | 'thousands' | 'refused'

/** The defaults of the options. */
export const settings: LiquiditySettings = {
  outboundShare: 200_000,
  lowInbound: 300_000,
  urgentInbound: 100_000,
  hysteresis: 50_000,
  drainsAtOnce: true,
  outboundFloorMsat: 0n,
  acceptablePpm: 7500,
  ceilingPpm: 20_000,
  feerateCeiling: 50,
  minimumMsat: 50_000_000n,
  settlePeriod: 300_000,
  urgentWithin: 21_600_000,
}

/**
 * A node with 1,000 channels and 10,000 partners that may be paid, half of them only on chain, through each of
 * three providers. The same seed gives the same snapshot.
 */
export function generateLiquidity(which: LiquidityCase, seed: number): LiquiditySnapshot {
  const random = randomFrom(seed)
  const inbound = { enough: 500_000, usual: 250_000, thousands: 50_000, refused: 250_000 }[which]
  const costs = which === 'refused' ? 30_000 : 6000
  const list = Array.from({ length: channels }, (_, index) => channel(index, inbound, random))
  return {
    now: 1_790_000_000_000,
    readyFor: 3_600_000,
    pausedReason: null,
    haltedReason: null,
    channels: list,
    leavingMsat: 40_000_000_000n,
    swappableMsat: list.reduce((sum, { sendableMsat }) => sum + sendableMsat, 0n) / 2n,
    expectedPayoutsMsat: 10_000_000_000n,
    partners: Array.from({ length: partners }, (_, index) => partner(index, which, costs, random)),
    swaps: ['one', 'two', 'three'].map((provider) => offer(provider, costs, random)),
    swapsFrom: 0,
    noOffers: [],
    channelOffers: [],
    feerate: 5,
    isFeerateLow: true,
    budgetLeftMsat: 1_000_000_000_000n,
    isRecovering: false,
  }
}

type Random = (below: number) => number

function channel(index: number, inbound: number, random: Random): LiquidityChannel {
  // Around the node's share, each channel another.
  const share = Math.min(1_000_000, Math.max(0, inbound + random(200_001) - 100_000))
  const usableMsat = (capacityMsat * 97n) / 100n
  const receivableMsat = (usableMsat * BigInt(share)) / 1_000_000n
  return {
    channelPoint: `${hash(random)}:${index % 4}`,
    channelId: String(900_000_000_000_000n + BigInt(index)),
    peer: `02${hash(random)}`,
    capacityMsat,
    sendableMsat: usableMsat - receivableMsat,
    receivableMsat,
    ownership: index % 10 === 9 ? 'observe' : 'ours',
    isActive: index % 20 !== 19,
    isNew: false,
    noCloseBefore: null,
    closeCostMsat: index % 2 === 0 ? 2_000_000n : null,
  }
}

function partner(
  index: number,
  which: LiquidityCase,
  costs: number,
  random: Random,
): PayablePartner {
  // Where thousands are to be paid, none has much.
  const most = which === 'thousands' ? 1_000_000 : 50_000_000
  const amountMsat = 1000n * BigInt(50_000 + random(most))
  const isFree = which !== 'refused' && index % 4 === 0
  const costMsat = isFree ? 0n : (amountMsat * BigInt(1 + random(costs))) / 1_000_000n
  return {
    partner: `partner-${index}`,
    way: index % 2 === 0 ? 'offchain' : 'onchain',
    payout: index % 4 === 1 ? hash(random) : null,
    savedMsat: 500_000n,
    savesOperator: index % 8 === 1,
    amountMsat,
    costMsat: which === 'refused' ? (amountMsat * 25_000n) / 1_000_000n : costMsat,
    worstMsat: which === 'refused' ? (amountMsat * 30_000n) / 1_000_000n : costMsat * 2n,
  }
}

function offer(provider: string, costs: number, random: Random): LiquiditySwapOffer {
  return {
    provider,
    minimumMsat: 50_000_000n,
    maximumMsat: 5_000_000_000n,
    fixedMsat: 1000n * BigInt(1000 + random(3000)),
    ppm: costs,
    worstFixedMsat: 10_000_000n,
    worstPpm: costs + 3000,
    leadTime: 3_600_000,
    paysPayout: {
      fixedMsat: 200_000n,
      worstFixedMsat: 2_000_000n,
      reservedMsat: 10_000_000n,
      maximumMsat: 5_000_000_000n,
    },
  }
}

function hash(random: Random): string {
  return Array.from({ length: 8 }, () =>
    random(2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('')
}

/** Marsaglia's xorshift32: whole numbers from 0 to below the bound. */
function randomFrom(seed: number): Random {
  let state = seed * 2_654_435_761 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}
