import { Transaction } from '@scure/btc-signer'
import { type ChainTransaction, isLive, makeTransaction } from './chain-transaction.ts'
import { type Acceptance, offerTransaction } from './mempool.ts'
import type { NodeState } from './node-state.ts'
import { readAddress, writeAddress } from './read-address.ts'
import type { Simulation } from './simulation.ts'
import { findCoin } from './wallet.ts'

/** What a transaction with Bitcoin's own bytes has beyond one of the simulation's. */
export interface RealParts {
  readonly virtualBytes: number
  /** Block height or, from 500,000,000 on, seconds. */
  readonly lockTime: number
  /** An input signals that it may be replaced (BIP125). */
  readonly isReplaceable: boolean
  readonly outputs: readonly RealOutput[]
}

/** An output of a real transaction. */
export interface RealOutput {
  /** Hex. */
  readonly script: string
  readonly amountSat: bigint
}

/** Whether the scripts of all inputs allow a spending; undefined: they do. */
export type SpendJudge = (spending: {
  readonly rawTransaction: Uint8Array
  /** What each input spends, in the order of the inputs. */
  readonly spent: readonly RealOutput[]
}) => string | undefined

/** How a real transaction of somebody outside is taken. */
export interface OutsidePublishing {
  /** Inputs that nobody knows are coins of his. Default false: they are missing. */
  readonly hasOutsideInputs?: boolean
  /** With inputs that nobody knows, nobody knows its fee: this is it. Default: every block takes it. */
  readonly satPerVbyte?: number
  /** It is in the newest block at once, and what spends the same dies. */
  readonly isConfirmed?: boolean
}

const everyBlockTakes = 1_000_000
const smallestReplaceable = 0xfffffffd

/** Hands the bytes of a Bitcoin transaction to the network. */
export function publishReal(
  simulation: Simulation,
  rawTransaction: Uint8Array,
  publishing: OutsidePublishing & { readonly publisher?: NodeState } = {},
): { readonly acceptance: Acceptance | 'malformed'; readonly transaction?: ChainTransaction } {
  const { chain } = simulation
  const read = readReal(rawTransaction)
  if (!read) return { acceptance: 'malformed' }
  const known = chain.transactions.get(read.id)
  if (known) {
    return { acceptance: offerTransaction(chain, known), transaction: known }
  }
  const spent = read.inputs.map((input) => outputAt(simulation, input))
  if (!publishing.hasOutsideInputs) {
    if (spent.some((output) => output === undefined)) return { acceptance: 'input-missing' }
    if (read.parts.lockTime > chain.height) return { acceptance: 'rejected' }
    const refusal = simulation.spendJudge
      ? simulation.spendJudge({ rawTransaction, spent: spent.map((output) => output!) })
      : 'nobody can judge the scripts of this network'
    if (refusal !== undefined) return { acceptance: 'rejected' }
  }
  const transaction = makeReal(simulation, read, publishing)
  if (transaction.feeMsat < 0n) return { acceptance: 'rejected' }
  if (publishing.isConfirmed) chain.confirmNow(transaction)
  else {
    const acceptance = offerTransaction(chain, transaction)
    if (acceptance !== 'accepted') return { acceptance }
    chain.transactions.set(transaction.id, transaction)
  }
  return { acceptance: 'accepted', transaction }
}

interface ReadReal {
  readonly id: string
  readonly raw: Uint8Array
  readonly inputs: readonly string[]
  readonly parts: RealParts
}

function readReal(raw: Uint8Array): ReadReal | undefined {
  try {
    const read = Transaction.fromRaw(raw, {
      allowUnknownInputs: true,
      allowUnknownOutputs: true,
      disableScriptCheck: true,
    })
    const places = (count: number): number[] => Array.from({ length: count }, (_, place) => place)
    const inputs = places(read.inputsLength).map((place) => read.getInput(place))
    const outputs = places(read.outputsLength).map((place) => read.getOutput(place))
    return {
      id: read.id,
      raw: new Uint8Array(raw),
      inputs: inputs.map(({ txid, index }) => `${Buffer.from(txid!).toString('hex')}:${index}`),
      parts: {
        virtualBytes: read.vsize,
        lockTime: read.lockTime,
        isReplaceable: inputs.some(({ sequence }) => sequence! <= smallestReplaceable),
        outputs: outputs.map(({ script, amount }) => ({
          script: Buffer.from(script!).toString('hex'),
          amountSat: amount!,
        })),
      },
    }
  } catch {
    return undefined
  }
}

function makeReal(
  simulation: Simulation,
  read: ReadReal,
  { hasOutsideInputs, satPerVbyte, publisher }: Parameters<typeof publishReal>[2] & object,
): ChainTransaction {
  const { chain, addresses, network } = simulation
  const sum = (list: readonly { readonly amountSat: bigint }[]): bigint =>
    list.reduce((total, { amountSat }) => total + amountSat, 0n)
  const payments = read.parts.outputs.map(({ script, amountSat }) => {
    const address = writeAddress(Buffer.from(script, 'hex'), network) ?? `script:${script}`
    return { wallet: addresses.get(address), address, amountSat }
  })
  const coins = read.inputs.flatMap((input) => findCoin(chain, input) ?? [])
  const spent = read.inputs.flatMap((input) => outputAt(simulation, input) ?? [])
  const feeSat = hasOutsideInputs ? 0n : sum(spent) - sum(read.parts.outputs)
  return makeTransaction({
    inputs: read.inputs,
    satPerVbyte: hasOutsideInputs
      ? (satPerVbyte ?? everyBlockTakes)
      : Number(feeSat) / read.parts.virtualBytes,
    feeMsat: feeSat * 1000n,
    payments,
    // What comes to wallets and miners came from outside, as far as no wallet paid it.
    issuedSat: sum(payments.filter(({ wallet }) => wallet)) + feeSat - sum(coins),
    ...(publisher && { publisher }),
    real: { id: read.id, raw: read.raw, parts: read.parts },
  })
}

/** The output of a live transaction, whoever made it. */
function outputAt({ chain, network }: Simulation, outpoint: string): RealOutput | undefined {
  const [id, index] = outpoint.split(':')
  const creator = chain.transactions.get(id!)
  if (!creator || !isLive(creator)) return undefined
  if (creator.real) return creator.real.outputs[Number(index)]
  const payment = creator.payments[Number(index)]
  const script = payment && readAddress(payment.address, network)
  return script && { script: Buffer.from(script).toString('hex'), amountSat: payment.amountSat }
}
