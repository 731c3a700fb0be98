import { createHash } from 'node:crypto'
import type { NodeState } from './node-state.ts'
import type { RealParts } from './real-transaction.ts'
import type { Coin, Wallet } from './wallet.ts'

/**
 * `unseen`: made, and no mempool has taken it: it changes nothing. `waiting`: in the mempool.
 * `evicted`: dropped from it; wallets that know it go on counting it. `dead`: another confirmed
 * transaction spent one of its inputs.
 */
export type TransactionState = 'unseen' | 'waiting' | 'evicted' | 'confirmed' | 'dead'

/** A transaction. Its effects last as long as it is waiting, evicted or confirmed. */
export interface ChainTransaction {
  readonly id: string
  readonly raw: Uint8Array
  /** Outpoints it spends. */
  readonly inputs: readonly string[]
  readonly satPerVbyte: number
  readonly feeMsat: bigint
  /** Sum of all outputs, in sat. */
  readonly outputsSat: bigint
  /** Made from nothing, in sat: coins that come from outside of the network; negative: that go there. */
  readonly issuedSat: bigint
  /** Outputs with an address, in their order; the first ones. */
  readonly payments: readonly Payment[]
  /** Outputs that belong to wallets. */
  readonly coins: readonly Coin[]
  /** Coins of wallets that it took; filled while it has its effects. */
  readonly taken: Coin[]
  /** Whose LND hands it to the network again and again. */
  publisher: NodeState | undefined
  label: string
  /** What a wallet calls it since its node published it again. */
  readonly labels: Map<NodeState, string>
  /**
   * Nodes whose wallets list it though it pays and takes nothing of theirs, with the run in which they
   * saw it confirm. LND writes each closing transaction that it publishes into the wallet, which never
   * learns that it confirmed: it stays listed as unconfirmed until that process ends.
   */
  readonly ghosts: Map<NodeState, number | undefined>
  state: TransactionState
  /** Height of its block. */
  confirmedAt: number | undefined
  readonly events: TransactionEvents
  /** Its bytes are Bitcoin's own. */
  readonly real?: RealParts
}

/** What happens to the things that a transaction is about. */
export interface TransactionEvents {
  /** A mempool has taken it for the first time. */
  applied?(): void
  /** It is dead. */
  undone?(): void
  confirmed?(height: number): void
  /** Its block was replaced. */
  unconfirmed?(): void
}

/** What a new transaction spends and pays. */
export interface NewTransaction extends TransactionEvents {
  readonly inputs: readonly string[]
  readonly satPerVbyte: number
  readonly feeMsat: bigint
  /** Outputs of nothing are left out. */
  readonly payments: readonly Payment[]
  /** Outputs that no wallet has (channels), in sat; they come after the payments. */
  readonly otherOutputsSat?: readonly bigint[]
  readonly issuedSat?: bigint
  readonly label?: string
  readonly publisher?: NodeState
  /** Nodes in whose wallets it is a ghost. */
  readonly ghosts?: readonly NodeState[]
  /** Made elsewhere, with Bitcoin's own bytes. */
  readonly real?: { readonly id: string; readonly raw: Uint8Array; readonly parts: RealParts }
}

/** An output to an address. */
export interface Payment {
  /** undefined: somebody outside of the network. */
  readonly wallet: Wallet | undefined
  readonly address: string
  readonly amountSat: bigint
}

/** A transaction that nobody has seen yet. Its id is the hash of its bytes. */
export function makeTransaction(request: NewTransaction): ChainTransaction {
  // The places of real outputs are given.
  const payments = request.real
    ? request.payments
    : request.payments.filter(({ amountSat }) => amountSat > 0n)
  const { otherOutputsSat = [] } = request
  const outputs = [
    ...payments.map(({ address, amountSat }) => ({ address, sat: amountSat.toString() })),
    ...otherOutputsSat.map((sat) => ({ sat: sat.toString() })),
  ]
  const raw =
    request.real?.raw ??
    new TextEncoder().encode(JSON.stringify({ inputs: request.inputs, outputs }))
  const id = request.real?.id ?? transactionIdOf(raw)
  const { applied, undone, confirmed, unconfirmed } = request
  const coins: Coin[] = []
  const transaction: ChainTransaction = {
    id,
    raw,
    inputs: request.inputs,
    satPerVbyte: request.satPerVbyte,
    feeMsat: request.feeMsat,
    outputsSat: [...payments.map(({ amountSat }) => amountSat), ...otherOutputsSat].reduce(
      (sum, sat) => sum + sat,
      0n,
    ),
    issuedSat: request.issuedSat ?? 0n,
    payments,
    coins,
    taken: [],
    publisher: request.publisher,
    label: request.label ?? '',
    labels: new Map(),
    ghosts: new Map(request.ghosts?.map((node) => [node, undefined])),
    state: 'unseen',
    confirmedAt: undefined,
    events: {
      ...(applied && { applied }),
      ...(undone && { undone }),
      ...(confirmed && { confirmed }),
      ...(unconfirmed && { unconfirmed }),
    },
    ...(request.real && { real: request.real.parts }),
  }
  coins.push(
    ...payments.flatMap(({ wallet, address, amountSat }, index) =>
      wallet
        ? [{ outpoint: `${id}:${index}`, amountSat, address, wallet, creator: transaction }]
        : [],
    ),
  )
  return transaction
}

/** The id that these bytes have, in display order. */
export function transactionIdOf(raw: Uint8Array): string {
  return createHash('sha256').update(raw).digest('hex')
}

/** Whether its effects count. */
export function isLive({ state }: ChainTransaction): boolean {
  return state === 'waiting' || state === 'evicted' || state === 'confirmed'
}
