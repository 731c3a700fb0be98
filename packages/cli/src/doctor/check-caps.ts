import {
  type AmountInput,
  type Diagnosis,
  isAmount,
  type PaymentNodeOptions,
  parseAmount,
  sat,
} from '@payment-node/core'
import { exactSat } from '../terminal/format-sat.ts'
import { ok } from './check.ts'

/** Core's own, for options that name none. */
const defaults = { perPayout: sat(1_000_000), perDay: sat(10_000_000) }

/** What may leave at most, fees included. */
export function checkCaps({ caps = {} }: PaymentNodeOptions): Diagnosis {
  const show = (cap: keyof typeof defaults): string => {
    const given: AmountInput | undefined = caps[cap]
    const amount = given === undefined || isAmount(given) ? given : parseAmount(given)
    return `${exactSat(amount ?? defaults[cap])}${amount ? '' : ' (default)'}`
  }
  return ok('caps', `At most ${show('perPayout')} per payout, ${show('perDay')} per day.`)
}
