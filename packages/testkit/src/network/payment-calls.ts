import { type LightningNode, PaymentNodeError, type PaymentUpdate } from '@payment-node/core'
import { callNode, type NodeRequest, passFault } from './call-node.ts'
import { checkPage } from './check-page.ts'
import type { ClientStreams } from './client-streams.ts'
import type { NodeCall } from './faults.ts'
import { unavailable } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import { type PaymentRecord, showPayment } from './payment-book.ts'
import type { Simulation } from './simulation.ts'
import { checkPayment, payInvoice } from './start-payment.ts'
import type { Stream } from './stream.ts'

type PaymentCalls = Pick<LightningNode, 'pay' | 'trackPayment' | 'listPayments'>

/** Paying and following payments, as SendPaymentV2, TrackPaymentV2 and ListPayments do. */
export function createPaymentCalls(
  simulation: Simulation,
  node: NodeState,
  streams: ClientStreams,
): PaymentCalls {
  const request = (
    call: NodeCall,
    parameters: unknown[],
    signal: AbortSignal | undefined,
  ): NodeRequest => ({
    simulation,
    node,
    call,
    parameters,
    isChange: call === 'pay',
    signal,
  })

  /** Yields what the stream brings until a terminal update; a lost stream tells its outcome. */
  async function* follow(
    point: NodeRequest,
    stream: Stream<PaymentUpdate>,
  ): AsyncGenerator<PaymentUpdate, void, undefined> {
    for (;;) {
      let update: PaymentUpdate | undefined
      try {
        update = await stream.take()
      } catch (error) {
        throw point.isChange ? asUnknown(error) : error
      }
      if (!update) return
      await passFault(point, 'before-reply', update)
      yield update
      if (update.state !== 'in-flight') return
    }
  }

  return {
    async *pay(payment, signal) {
      const point = request('pay', [payment], signal)
      using stream = streams.open<PaymentUpdate>(signal)
      let record: PaymentRecord | undefined
      try {
        await callNode({ ...point, check: () => checkPayment(payment) }, () => {
          record = payInvoice(simulation, node, payment)
          record.watchers.add(stream)
        })
        yield* follow(point, stream)
      } finally {
        record?.watchers.delete(stream)
      }
    },

    async *trackPayment(paymentHash, signal) {
      const point = request('trackPayment', [paymentHash], signal)
      using stream = streams.open<PaymentUpdate>(signal)
      let record: PaymentRecord | undefined
      try {
        await callNode(point, () => {
          record = node.payments.byHash.get(paymentHash)
          if (!record) {
            throw new PaymentNodeError('node.payment-not-found', "The payment isn't initiated", {
              paymentHash,
            })
          }
          stream.push(showPayment(record))
          if (record.isFinal) stream.end()
          else record.watchers.add(stream)
        })
        yield* follow(point, stream)
      } finally {
        record?.watchers.delete(stream)
      }
    },

    listPayments(page, signal) {
      const check = (): void => checkPage(page.afterIndex, page.limit)
      return callNode({ ...request('listPayments', [page], signal), check }, () => {
        return [...node.payments.byHash.values()]
          .filter((record) => record.index > page.afterIndex)
          .slice(0, page.limit)
          .map(showPayment)
      })
    },
  }
}

function asUnknown(error: unknown): unknown {
  if (!PaymentNodeError.is(error, 'node.unavailable')) return error
  return unavailable(error.details.reason, 'unknown', error.message)
}
