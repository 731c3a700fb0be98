/** What an operator is told about a transaction that no block takes. */
export interface StuckAdvice {
  /** Somebody must act on what is said. */
  readonly fundsAtRisk: boolean
  /** What happens by itself, and what to do; for people. */
  readonly says: string
}

const waits = 'It is published again at each block, and its payouts stay reserved.'

const known: Readonly<Record<string, StuckAdvice>> = {
  refused: {
    fundsAtRisk: false,
    says: `The mempool of LND's node does not take it, which is mostly a fee below its minimum. The same bytes are handed to it again and again, other payouts go without it, and no money is lost. Raise maxmempool of the node, or wait until the mempool is emptier. While it cannot confirm, its payouts stay reserved.`,
  },
  'inputs-spent': {
    fundsAtRisk: true,
    says: 'Another transaction has spent its inputs. Look who did: nobody but LND should spend these coins. Its payouts wait until that is final, and are paid then.',
  },
  'input-lost': {
    fundsAtRisk: true,
    says: "What brought one of its coins is in no block any more, since a reorganization, and the network does not take it. Should the coin come back, it is paid by itself. When it never can, because the coin was spent elsewhere, end each of its payouts by payouts.resolve(id, 'failed', { by, note, insist: true }) once it has been gone for transactions.confirmations blocks.",
  },
  halted: {
    fundsAtRisk: false,
    says: `Nothing speeds it up while outgoing money is halted. ${waits}`,
  },
  'budget-exhausted': {
    fundsAtRisk: false,
    says: `The chain asks more by now, and the budget of the day does not pay for a child that speeds it up. ${waits} Raise transactions.bumpBudgetPerDay to have it sped up.`,
  },
}

export function explainStuck(reason: string | null): StuckAdvice {
  return (
    known[reason ?? ''] ?? {
      fundsAtRisk: false,
      says: `No block takes it, and no child speeds it up (${reason}). ${waits}`,
    }
  )
}
