import { type LightningNode, type NodeInvoice, PaymentNodeError } from '@payment-node/core'
import { addInvoice, checkTerms } from './add-invoice.ts'
import { callNode, type NodeRequest, passFault } from './call-node.ts'
import { checkPage } from './check-page.ts'
import type { ClientStreams } from './client-streams.ts'
import type { NodeCall } from './faults.ts'
import { cancelInvoice, expireIfDue, type InvoiceRecord, showInvoice } from './invoice-book.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

type InvoiceCalls = Pick<
  LightningNode,
  | 'createInvoice'
  | 'lookupInvoice'
  | 'cancelInvoice'
  | 'listInvoices'
  | 'watchSettlements'
  | 'decodeInvoice'
>

/** Invoices as AddInvoice, LookupInvoice, CancelInvoice, ListInvoices and SubscribeInvoices treat them. */
export function createInvoiceCalls(
  simulation: Simulation,
  node: NodeState,
  streams: ClientStreams,
): InvoiceCalls {
  const request = (
    call: NodeCall,
    parameters: unknown[],
    signal: AbortSignal | undefined,
  ): NodeRequest => ({
    simulation,
    node,
    call,
    parameters,
    isChange: call === 'createInvoice' || call === 'cancelInvoice',
    signal,
  })
  const now = (): number => simulation.clock.now() + node.clockSkew

  function find(paymentHash: string): InvoiceRecord {
    const record = node.invoices.byHash.get(paymentHash)
    if (!record) {
      throw new PaymentNodeError('node.invoice-not-found', 'There is no such invoice', {
        paymentHash,
      })
    }
    expireIfDue(record, now())
    return record
  }

  return {
    createInvoice(invoice, signal) {
      const check = (): void => checkTerms(invoice)
      return callNode({ ...request('createInvoice', [invoice], signal), check }, () => {
        const record = addInvoice(simulation, node, { ...invoice, isHold: false })
        const { paymentHash, paymentRequest, addIndex, createdAt } = record
        return { paymentHash, paymentRequest, addIndex, createdAt }
      })
    },

    lookupInvoice(paymentHash, signal) {
      return callNode(request('lookupInvoice', [paymentHash], signal), () =>
        showInvoice(find(paymentHash)),
      )
    },

    cancelInvoice(paymentHash, signal) {
      return callNode(request('cancelInvoice', [paymentHash], signal), () => {
        const record = find(paymentHash)
        if (record.state === 'settled') {
          throw new PaymentNodeError('node.invoice-settled', 'The invoice was paid before', {
            paymentHash,
          })
        }
        if (record.state !== 'canceled') cancelInvoice(record)
      })
    },

    listInvoices(page, signal) {
      const check = (): void => checkPage(page.afterAddIndex, page.limit)
      return callNode({ ...request('listInvoices', [page], signal), check }, () => {
        const listed = node.invoices.inOrder
          .filter((record) => record.addIndex > page.afterAddIndex)
          .slice(0, page.limit)
        for (const record of listed) expireIfDue(record, now())
        return listed.map(showInvoice)
      })
    },

    async *watchSettlements(after, signal) {
      const point = request('watchSettlements', [after], signal)
      using stream = streams.open<InvoiceRecord>(signal)
      const { afterSettleIndex } = after
      try {
        await callNode(point, () => {
          // Index 0 means no backlog; and the backlog comes in add order (LND on SQL).
          if (afterSettleIndex > 0n) {
            for (const record of node.invoices.inOrder) {
              if (record.settleIndex > afterSettleIndex) stream.push(record)
            }
          }
          node.invoices.watchers.add(stream)
        })
        yield []
        for (;;) {
          const records = await stream.takeAll()
          if (!records) return
          const batch: NodeInvoice[] = records.map(showInvoice)
          await passFault(point, 'before-reply', batch)
          yield batch
        }
      } catch (error) {
        if (signal.aborted) return
        throw error
      } finally {
        node.invoices.watchers.delete(stream)
      }
    },

    decodeInvoice(paymentRequest, signal) {
      return callNode(request('decodeInvoice', [paymentRequest], signal), () => {
        const { paymentSecret, routeHints, ...decoded } = simulation.decode(paymentRequest)
        void paymentSecret
        void routeHints
        return decoded
      })
    },
  }
}
