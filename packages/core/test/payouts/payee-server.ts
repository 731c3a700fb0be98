import { createHash } from 'node:crypto'
import { type Http, PaymentNodeError } from '@payment-node/core'
import { openShop, type Shop, type ShopSettings } from '../shop.ts'

/** How it answers: as it should, not at all, or with something else than was asked for. */
export type Behaviour =
  | 'honest'
  | 'away'
  | 'slow'
  | 'tenfold-amount'
  | 'other-amount'
  | 'other-hash'
  | 'first-invoice-again'
  | 'refuses'

/** An LNURL-pay server in virtual time: the guarded client's own rules are tested with real servers. */
export interface PayeeServer {
  /** For every user name. */
  readonly address: string
  /** Every invoice it gave out, in order. */
  readonly invoices: readonly string[]
  /** When it was asked (milliseconds since 1970), by the first request of each try. */
  readonly asked: readonly number[]
  behave(behaviour: Behaviour): void
}

const host = 'shop.example'
/** Milliseconds. */
const latency = 20
const slowness = 9000

/** A shop with money, and the server of its payee, whose invoices are held when `isHeld`. */
export async function openShopAndServer({
  isHeld = false,
  options,
  ...settings
}: ShopSettings & { readonly isHeld?: boolean } = {}): Promise<{
  readonly shop: Shop
  readonly server: PayeeServer
}> {
  const invoices: string[] = []
  const asked: number[] = []
  let behaviour: Behaviour = 'honest'
  const http: Http = {
    contractVersion: 1,
    async request({ url: text }) {
      const url = new URL(text)
      if (url.pathname !== '/callback') asked.push(shop.clock.now())
      await shop.clock.sleep(behaviour === 'slow' ? slowness : latency)
      if (behaviour === 'away') {
        throw new PaymentNodeError('http.failed', 'Nobody answers.', {
          host,
          reason: 'connection-refused',
          outcome: 'none',
        })
      }
      return { status: 200, headers: {}, body: JSON.stringify(answer(url)) }
    },
  }
  const shop = openShop({ ...settings, options: { ...options, http } })
  const metadata = JSON.stringify([
    ['text/plain', 'Thank you'],
    ['text/identifier', `bob@${host}`],
  ])

  function answer(url: URL): object {
    if (behaviour === 'refuses') return { status: 'ERROR', reason: 'bob has left' }
    if (url.pathname !== '/callback') {
      return {
        tag: 'payRequest',
        callback: `https://${host}/callback`,
        minSendable: 1000,
        maxSendable: 100_000_000_000,
        metadata,
      }
    }
    if (behaviour === 'first-invoice-again' && invoices[0]) return { pr: invoices[0], routes: [] }
    const amount = BigInt(url.searchParams.get('amount') ?? '0')
    const promised = behaviour === 'other-hash' ? `${metadata} ` : metadata
    const amountMsat =
      behaviour === 'tenfold-amount'
        ? amount * 10n
        : behaviour === 'other-amount'
          ? amount + 1000n
          : amount
    const descriptionHash = createHash('sha256').update(promised).digest()
    const make = isHeld ? shop.payee.createHoldInvoice : shop.payee.createInvoice
    const { paymentRequest } = make({ amountMsat, descriptionHash })
    invoices.push(paymentRequest)
    return { pr: paymentRequest, routes: [] }
  }

  await shop.run(shop.node.start())
  await shop.sell(100_000)
  return {
    shop,
    server: {
      address: `bob@${host}`,
      invoices,
      asked,
      behave(next) {
        behaviour = next
      },
    },
  }
}
