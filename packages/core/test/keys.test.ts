import { createHash, createHmac, hkdfSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { invoiceId, invoicePreimage, isSameKey, loadKey } from '../src/keys.ts'
import { invoiceKey, openShop } from './shop.ts'

const identity = { publicKey: `02${'ab'.repeat(32)}`, network: 'regtest' } as const

/** RFC 5869 with an empty salt, then HMAC of the subject: what the derivation is documented to be. */
function derived(label: string, subject: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', invoiceKey, '', label, 32))
  return createHmac('sha256', key).update(subject).digest()
}

test('preimages and ids are derived as documented, for ever', async () => {
  const key = await loadKey('invoices', invoiceKey)
  const preimage = Buffer.from(invoicePreimage(key, identity, 'an-id'))
  expect(preimage).toEqual(derived(`v1/invoice-preimage/regtest/${identity.publicKey}`, 'an-id'))
  const id = invoiceId(key, identity, 'm1', 'order-7')
  expect(id).toBe(
    derived(`v1/invoice-id/regtest/${identity.publicKey}`, '2:m1:order-7')
      .toString('hex')
      .slice(0, 32),
  )
  // Written down, so that no change of the code above can change both sides.
  expect(preimage.toString('hex')).toBe(pinned.preimage)
  expect(id).toBe(pinned.id)
  expect(key.fingerprint).toBe(pinned.fingerprint)
  expect(key.keyId).toBe(pinned.fingerprint.slice(0, 8))
})

const pinned = {
  preimage: 'c7319ce34a2ffd36cb6a769d59eee1f0232777112161b5c50990dc4f1b8f47f4',
  id: '8d5643f088b704d9cb9610f95ffe4980',
  fingerprint: '905e94c4b9911f50da154c3412a6d445',
}

test('another key, network, node, partner or subject gives another secret', async () => {
  const key = await loadKey('invoices', invoiceKey)
  const other = await loadKey(
    'invoices',
    invoiceKey.map((byte) => byte ^ 0xff),
  )
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  const all = [
    text(invoicePreimage(key, identity, 'a')),
    text(invoicePreimage(key, identity, 'b')),
    text(invoicePreimage(other, identity, 'a')),
    text(invoicePreimage(key, { ...identity, network: 'mainnet' }, 'a')),
    text(invoicePreimage(key, { ...identity, publicKey: `03${'ab'.repeat(32)}` }, 'a')),
    invoiceId(key, identity, 'a', 'b'),
    invoiceId(other, identity, 'a', 'b'),
    invoiceId(key, identity, 'b', 'a'),
    invoiceId(key, identity, 'a:b', ''),
    invoiceId(key, identity, '', 'a:b'),
    invoiceId(key, identity, '1', '2:b'),
    invoiceId(key, { ...identity, network: 'mainnet' }, 'a', 'b'),
  ]
  expect(new Set(all).size).toBe(all.length)
  expect(isSameKey(key, key.fingerprint)).toBe(true)
  expect(isSameKey(key, other.fingerprint)).toBe(false)
  expect(isSameKey(key, '')).toBe(false)
})

test('the key is copied, and fetched once per start', async () => {
  let fetches = 0
  const bytes = Uint8Array.from(invoiceKey)
  const shop = openShop({
    options: {
      keys: {
        invoices: async () => {
          fetches++
          return bytes
        },
      },
    },
  })
  const { node, run, lnd } = shop
  await run(node.start())
  // A careful host wipes what it handed over.
  bytes.fill(0)
  await run(node.partners.upsert({ id: 'm1' }))
  const invoice = await run(
    node.invoices.create({ partner: 'm1', amount: '5 sat' }, { idempotencyKey: 'k' }),
  )
  const key = await loadKey('invoices', invoiceKey)
  const own = { publicKey: lnd.publicKey, network: 'regtest' } as const
  expect(invoice.id).toBe(invoiceId(key, own, 'm1', 'k'))
  const hash = createHash('sha256')
    .update(invoicePreimage(key, own, invoice.id))
    .digest('hex')
  expect(invoice.paymentHash).toBe(hash)
  expect(fetches).toBe(1)
  // The fingerprint of the wiped key no longer fits.
  await run(node.stop())
  bytes.set(invoiceKey)
  await run(node.start())
  expect(fetches).toBe(2)
})
