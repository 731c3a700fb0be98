import assert from 'node:assert/strict'
import type { NodeInvoice } from '@payment-node/core'
import { createOwnInvoice, type OwnInvoice, type Promised } from './contract-case.ts'

/** Paging through invoices. */
export function invoiceListCases(promised: Promised): void {
  // §6 ListInvoices: page by index_offset; §4.3: gaps exist, never require contiguity.
  promised('pages of invoices ascend, miss nothing and repeat nothing', async (given) => {
    const { invoiceAddIndex: start } = await given.node.highWater()
    const created: OwnInvoice[] = []
    for (let count = 0; count < 5; count++) created.push(await createOwnInvoice(given))
    const listed: NodeInvoice[] = []
    for (let afterAddIndex = start; ; ) {
      const page = await given.node.listInvoices({ afterAddIndex, limit: 2 })
      assert.ok(page.length <= 2)
      if (page.length === 0) break
      listed.push(...page)
      afterAddIndex = page.at(-1)!.addIndex
    }
    const indexes = listed.map(({ addIndex }) => addIndex)
    assert.deepEqual(indexes, [...new Set(indexes)].sort(ascending))
    const hashes = new Set(created.map(({ paymentHash }) => paymentHash))
    const found = listed.filter(({ paymentHash }) => hashes.has(paymentHash))
    assert.deepEqual(
      found.map(({ paymentHash, addIndex }) => [paymentHash, addIndex]),
      created.map(({ paymentHash, addIndex }) => [paymentHash, addIndex]),
    )
  })

  // §6 ListInvoices after the newest index.
  promised('after the newest invoice the page is empty', async (given) => {
    const { addIndex } = await createOwnInvoice(given)
    assert.deepEqual(await given.node.listInvoices({ afterAddIndex: addIndex, limit: 10 }), [])
  })

  // §4 stream table: CANCELED is never streamed, so the list must show every state.
  promised(
    'the list shows open, settled and canceled invoices as a look-up does',
    async (given) => {
      const open = await createOwnInvoice(given)
      const settled = await createOwnInvoice(given)
      const canceled = await createOwnInvoice(given)
      assert.equal((await given.peer.pay(settled.paymentRequest)).state, 'succeeded')
      await given.node.cancelInvoice(canceled.paymentHash)
      const page = { afterAddIndex: open.addIndex - 1n, limit: 100 }
      const listed = await given.node.listInvoices(page)
      for (const [state, { paymentHash }] of Object.entries({ open, settled, canceled })) {
        const found = listed.find((invoice) => invoice.paymentHash === paymentHash)
        assert.equal(found?.state, state)
        assert.deepEqual(found, await given.node.lookupInvoice(paymentHash))
      }
    },
  )

  // §6 ListInvoices / money rule 15: the high-water mark tells an old copy of the books.
  promised('the high-water mark rises with each invoice', async (given) => {
    const before = await given.node.highWater()
    const { addIndex } = await createOwnInvoice(given)
    const after = await given.node.highWater()
    assert.ok(addIndex > before.invoiceAddIndex)
    assert.equal(after.invoiceAddIndex, addIndex)
  })
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
