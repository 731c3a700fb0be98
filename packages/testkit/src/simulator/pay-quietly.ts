import type { PaymentUpdate } from '@payment-node/core'
import type { SimulatedNode } from '../network/simulated-node.ts'
import type { OutgoingPayment } from '../network/spontaneous-payment.ts'
import { codeOf, type World } from './world.ts'

/** Somebody pays, if his node runs; a refusal is a line in the trace. */
export async function payQuietly(
  world: World,
  payer: SimulatedNode,
  paymentRequest: string,
  options: OutgoingPayment = {},
): Promise<PaymentUpdate['state'] | 'refused'> {
  try {
    const { paymentHash, state, failure = '' } = await payer.pay(paymentRequest, options)
    world.trace.write(`${payer.alias} paid ${paymentHash} ${state} ${failure}`)
    return state
  } catch (error) {
    world.trace.write(`${payer.alias} was refused: ${codeOf(error)}`)
    return 'refused'
  }
}
