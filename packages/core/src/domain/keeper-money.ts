/** What an opening would cost and what may pay for it. Read only when a channel is missing. */
export interface KeeperMoney {
  /** sat/vB that the chain asks; may be fractional. */
  readonly feerate: number
  /** Confirmed coins that nothing has locked or claimed, each in sat. */
  readonly coinsSat: readonly bigint[]
  /** sat that LND keeps for bumping force closes when one more public channel is open. */
  readonly reserveSat: bigint
  /** Spent or reserved of this UTC month's budget, in msat. */
  readonly spentMsat: bigint
}

/** The bounds of money that the operator set. */
export interface MoneyPolicy {
  /** Whole sat/vB. */
  readonly maximumFeerate: number
  readonly budgetMsat: bigint
  readonly onchainFloorMsat: bigint
}

/** Whether the money is there; `feeMsat` is the worst case of the funding transaction. */
export type Affordability =
  | { readonly ok: true; readonly feeMsat: bigint; readonly satPerVbyte: number }
  | {
      readonly ok: false
      readonly reason: 'feerate-above-ceiling' | 'budget-exhausted' | 'wallet-too-small'
      readonly says: string
      readonly details: Readonly<Record<string, number | string>>
    }

/** Virtual bytes: version, counts and lock time; the 2-of-2 output; the change; one input of the widest usual kind. */
const overhead = 11n
const fundingOutput = 43n
const changeOutput = 43n
const input = 68n
/** Virtual bytes of the transaction that bumps a force close by its anchor, and of the sweep after it. */
const closing = 300n

/** What LND is asked for: whole sat/vB, rounded up, at least 1. */
export function wholeFeerate(feerate: number): number {
  return Math.max(1, Math.ceil(feerate))
}

/** sat that ending the channel again may cost the wallet. */
export function closingCostSat(satPerVbyte: number): bigint {
  return closing * BigInt(satPerVbyte)
}

/** sat that the funding transaction costs with so many inputs. */
export function fundingFeeSat(satPerVbyte: number, inputs: number): bigint {
  return (overhead + fundingOutput + changeOutput + input * BigInt(inputs)) * BigInt(satPerVbyte)
}

/** sat that stay in the wallet whatever is opened: LND's reserve or the operator's floor, and the cost of closing. */
function keptSat(money: KeeperMoney, policy: MoneyPolicy, satPerVbyte: number): bigint {
  const floor = roundedUp(policy.onchainFloorMsat)
  const closingSat = closingCostSat(satPerVbyte)
  if (floor > money.reserveSat) return floor + closingSat
  return money.reserveSat + closingSat
}

/** Whether a channel of this size can be paid for now, within feerate, budget and wallet. */
export function judgeMoney(
  capacityMsat: bigint,
  money: KeeperMoney,
  policy: MoneyPolicy,
): Affordability {
  const satPerVbyte = wholeFeerate(money.feerate)
  if (!(satPerVbyte <= policy.maximumFeerate)) {
    return {
      ok: false,
      reason: 'feerate-above-ceiling',
      says: `The chain asks ${satPerVbyte} sat/vB, channels.maximumFeerate is ${policy.maximumFeerate}.`,
      details: { feerate: satPerVbyte, ceiling: policy.maximumFeerate },
    }
  }
  const capacitySat = roundedUp(capacityMsat)
  const kept = keptSat(money, policy, satPerVbyte)
  const { feeSat, missingSat } = pay(capacitySat + kept, money.coinsSat, satPerVbyte)
  const budgetLeft = policy.budgetMsat - money.spentMsat
  if (feeSat * 1000n > budgetLeft) {
    const missing = feeSat - (budgetLeft > 0n ? budgetLeft / 1000n : 0n)
    return {
      ok: false,
      reason: 'budget-exhausted',
      says: `The funding may cost ${feeSat} sat, ${missing} sat more than what is left of this month's budget.`,
      details: { feeSat: String(feeSat), missingSat: String(missing) },
    }
  }
  if (missingSat > 0n) {
    const says = `${missingSat} sat are missing on chain: ${capacitySat} sat for the channel, ${feeSat} sat for its funding, ${kept} sat that must stay.`
    const details = {
      neededSat: String(capacitySat + feeSat + kept),
      missingSat: String(missingSat),
      keptSat: String(kept),
    }
    return { ok: false, reason: 'wallet-too-small', says, details }
  }
  return { ok: true, feeMsat: feeSat * 1000n, satPerVbyte }
}

/** The largest coins first, as many as are needed: what they cost as inputs, and what is missing. */
function pay(
  wantedSat: bigint,
  coinsSat: readonly bigint[],
  satPerVbyte: number,
): { readonly feeSat: bigint; readonly missingSat: bigint } {
  const coins = [...coinsSat].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  let sum = 0n
  for (const [position, coin] of coins.entries()) {
    sum += coin
    const feeSat = fundingFeeSat(satPerVbyte, position + 1)
    if (sum >= wantedSat + feeSat) return { feeSat, missingSat: 0n }
  }
  const feeSat = fundingFeeSat(satPerVbyte, Math.max(1, coins.length))
  return { feeSat, missingSat: wantedSat + feeSat - sum }
}

function roundedUp(msat: bigint): bigint {
  return (msat + 999n) / 1000n
}
