import { readBoolean, readId, readObject } from '../read-input.ts'

/** How a booking by hand is recognised. */
export interface CorrectionOptions {
  /** Required: the same key and parameters book once, for ever. 1 to 255 printable ASCII characters. */
  readonly idempotencyKey: string
  /** Give what the operator does not have in these books. Default false. */
  readonly allowNegativeOperator?: boolean
}

/** Throws `input.invalid`. */
export function readCorrectionOptions(options: CorrectionOptions): Required<CorrectionOptions> {
  readObject(options, 'options', ['idempotencyKey', 'allowNegativeOperator'])
  return {
    idempotencyKey: readId(options.idempotencyKey, 'idempotencyKey'),
    allowNegativeOperator: readBoolean(
      options.allowNegativeOperator,
      'allowNegativeOperator',
      false,
    ),
  }
}
