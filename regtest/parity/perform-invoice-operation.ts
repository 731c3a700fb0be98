import { createHash } from 'node:crypto'
import type { NewNodeInvoice } from '@payment-node/core'
import { type Actor, type OwnInvoice, pick } from './actor.ts'
import { hashPreimage } from './hash-preimage.ts'
import type { InvoiceOperation } from './operation.ts'
import { outcomeOf } from './outcome-of.ts'
import { type Result, receivedBy } from './receive-payment.ts'

const unknownHash = '00'.repeat(32)

/** Invoices of the node under test; resolves with what the port, or the payer, said. */
export async function performInvoiceOperation(
  actor: Actor,
  operation: InvoiceOperation,
): Promise<Result> {
  const { node } = actor.world
  switch (operation.kind) {
    case 'create-invoice': {
      const { amountMsat, isPrivate, expirySeconds } = operation
      return create(actor, {
        preimage: actor.nextPreimage(),
        amountMsat,
        ...describe(operation.description),
        isPrivate,
        expirySeconds,
      })
    }
    case 'create-again': {
      const invoice = pick(actor.invoices, operation.slot)
      if (!invoice) return 'nothing to do'
      const terms = { amountMsat: 7_000n, memo: 'again', expirySeconds: 60, isPrivate: false }
      return outcomeOf(node.createInvoice({ ...terms, preimage: invoice.preimage }))
    }
    case 'create-expiring': {
      const preimage = actor.nextPreimage()
      const { amountMsat } = operation
      const terms = { preimage, amountMsat, expirySeconds: 1, isPrivate: false }
      const created = await create(actor, terms)
      if (actor.process === 'running') await waitUntilCanceled(actor, hashPreimage(preimage))
      return created
    }
    case 'cancel-invoice': {
      const invoice = pick(actor.invoices, operation.slot)
      return invoice ? outcomeOf(node.cancelInvoice(invoice.paymentHash)) : 'nothing to do'
    }
    case 'cancel-unknown':
      return outcomeOf(node.cancelInvoice(unknownHash))
    case 'look-up-unknown':
      return outcomeOf(node.lookupInvoice(unknownHash))
    case 'list-invoices': {
      const last = pick(actor.invoices, operation.after)
      const after = last && (await outcomeOf(node.lookupInvoice(last.paymentHash)))
      const afterAddIndex = after && 'addIndex' in after ? after.addIndex : 0n
      return outcomeOf(node.listInvoices({ afterAddIndex, limit: operation.limit }))
    }
    case 'receive': {
      const invoice = pick(actor.invoices, operation.slot)
      return invoice ? receivedBy(actor, invoice, operation) : 'nothing to do'
    }
    case 'receive-keysend': {
      const { counterparties, publicKeys } = actor.world
      return counterparties.peer.keysend(publicKeys.tested, 5_000_000n).catch(() => 'refused')
    }
  }
}

function describe(
  description: 'none' | 'memo' | 'hash' | 'too-long',
): Pick<NewNodeInvoice, 'memo' | 'descriptionHash'> {
  if (description === 'none') return {}
  if (description === 'memo') return { memo: 'Käse ☕ #42' }
  if (description === 'too-long') return { memo: 'x'.repeat(640) }
  return { descriptionHash: createHash('sha256').update('the whole contract').digest() }
}

/** What was made, and what its text says. */
async function create(actor: Actor, terms: NewNodeInvoice): Promise<Result> {
  const { node } = actor.world
  const created = await outcomeOf(node.createInvoice(terms))
  if (!('paymentRequest' in created)) return created
  const { paymentHash, paymentRequest } = created
  const { preimage, amountMsat } = terms
  const invoice: OwnInvoice = { preimage, paymentHash, paymentRequest, amountMsat }
  actor.invoices.push(invoice)
  return { created, decoded: await outcomeOf(node.decodeInvoice(paymentRequest)) }
}

async function waitUntilCanceled(actor: Actor, paymentHash: string): Promise<void> {
  const { node, passTime, waitFor } = actor.world
  await passTime(1_000)
  await waitFor('the node to cancel an expired invoice', async () => {
    return (await node.lookupInvoice(paymentHash)).state === 'canceled'
  })
}
