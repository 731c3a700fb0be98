import { Transaction } from '@scure/btc-signer'

/** What a PSBT of LND spends and pays. */
export interface FundedPsbt {
  /** `txid:index` */
  readonly inputs: readonly string[]
  /** In their order. */
  readonly outputsSat: readonly bigint[]
  readonly feeSat: bigint
}

/** LND puts the spent output into every input, so that the fee is known before the signatures. */
export function readFundedPsbt(psbt: Uint8Array): FundedPsbt {
  // Whatever script an output has is for LND to judge.
  const transaction = Transaction.fromPSBT(psbt, {
    allowUnknownOutputs: true,
    allowUnknownInputs: true,
    disableScriptCheck: true,
    allowLegacyWitnessUtxo: true,
  })
  const inputs: string[] = []
  const outputsSat: bigint[] = []
  let feeSat = 0n
  for (let index = 0; index < transaction.inputsLength; index++) {
    const { txid, index: output, witnessUtxo } = transaction.getInput(index)
    if (!txid || output === undefined || !witnessUtxo) {
      throw new TypeError('LND sent a PSBT with an input that does not say what it spends')
    }
    inputs.push(`${Buffer.from(txid).toString('hex')}:${output}`)
    feeSat += witnessUtxo.amount
  }
  for (let index = 0; index < transaction.outputsLength; index++) {
    const { amount } = transaction.getOutput(index)
    if (amount === undefined) throw new TypeError('LND sent a PSBT with an output of no amount')
    outputsSat.push(amount)
    feeSat -= amount
  }
  if (feeSat < 0n) throw new TypeError('LND sent a PSBT that pays more than it spends')
  return { inputs, outputsSat, feeSat }
}
