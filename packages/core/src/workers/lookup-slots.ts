/** Payees' servers asked at once: they may be slow on purpose. */
const most = 32
/** Of one partner: whoever has many slow servers holds up nobody else. */
const mostOfPartner = 16
/** Of one partner at one server: a slow one does not hold up the partner's others. */
const mostAtHost = 4

/** Who may ask a payee's server now. */
export interface LookupSlots {
  /** Undefined: not now. Otherwise call it when the answer is there. */
  take(partner: string, host: string): (() => void) | undefined
}

/** Shares the lookups among partners and servers. */
export function createLookupSlots(): LookupSlots {
  const taken = new Map<string, number>()
  return {
    take(partner, host) {
      const slots: readonly (readonly [of: string, limit: number])[] = [
        ['', most],
        [partner, mostOfPartner],
        [JSON.stringify([partner, host]), mostAtHost],
      ]
      if (slots.some(([of, limit]) => (taken.get(of) ?? 0) >= limit)) return undefined
      for (const [of] of slots) taken.set(of, (taken.get(of) ?? 0) + 1)
      return () => {
        for (const [of] of slots) {
          const left = taken.get(of)! - 1
          if (left === 0) taken.delete(of)
          else taken.set(of, left)
        }
      }
    },
  }
}
