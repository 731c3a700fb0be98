import { Amount } from '../domain/amount.ts'
import type { Bounds, ProofJudgement, ProofSnapshot, ProofVerdict } from '../domain/proof.ts'

/** Does LND have what the books say? Bounds where LND itself cannot tell to the msat. */
export interface Proof {
  /**
   * `proved`. `surplus`: LND has more; it is booked as the operator's. `short`: value is missing.
   * `insolvent`: LND has less than all partners together are owed.
   */
  readonly verdict: ProofVerdict
  /** Milliseconds since 1970. */
  readonly at: number
  /** How much is missing, or too much, for certain. */
  readonly difference: Amount
  /** What LND has, place by place: wallet, channels, what is opening and closing. */
  readonly assets: readonly ({ readonly place: string } & AmountBounds)[]
  readonly total: AmountBounds
  /** What LND should have: what partners are owed and what is the operator's. */
  readonly expected: AmountBounds
  readonly owed: Amount
  readonly operator: Amount
  /** Of it, payouts that LND may have paid already, at their worst cost. */
  readonly inFlight: Amount
  /** Of it, transactions of the wallet that are not final yet. */
  readonly unbooked: Amount
  /** One sentence for people. */
  readonly says: string
}

/** At least and at most. */
export interface AmountBounds {
  readonly low: Amount
  readonly high: Amount
}

export function proofView(snapshot: ProofSnapshot, judged: ProofJudgement, at: number): Proof {
  return {
    verdict: judged.verdict,
    at,
    difference: new Amount(judged.differenceMsat),
    assets: snapshot.assets.map(({ name, low, high }) => ({
      place: name,
      ...inAmounts({ low, high }),
    })),
    total: inAmounts(judged.assets),
    expected: inAmounts(judged.expected),
    owed: new Amount(snapshot.after.owedMsat),
    operator: new Amount(snapshot.after.operatorMsat),
    inFlight: new Amount(snapshot.inFlightMsat),
    unbooked: new Amount(snapshot.unbookedMsat),
    says: wordsFor(snapshot, judged),
  }
}

function inAmounts({ low, high }: Bounds): AmountBounds {
  return { low: new Amount(low), high: new Amount(high) }
}

function wordsFor(snapshot: ProofSnapshot, judged: ProofJudgement): string {
  const difference = new Amount(judged.differenceMsat)
  const has = `LND has at most ${new Amount(judged.assets.high)}`
  switch (judged.verdict) {
    case 'proved':
      return `LND has what the books say: between ${new Amount(judged.assets.low)} and ${new Amount(judged.assets.high)}.`
    case 'surplus':
      return `LND has ${difference} more than the books know; it is the operator's.`
    case 'short':
      return `${difference} are missing: ${has}, the books say at least ${new Amount(judged.expected.low)}.`
    case 'insolvent':
      return `${difference} are lacking to pay every partner: ${has}, partners are owed ${new Amount(snapshot.after.owedMsat)}.`
  }
}
