import { setTimeout as sleep } from 'node:timers/promises'
import type { Section } from '../bench.ts'
import { openShop, partner } from '../open-shop.ts'
import { connectRawLnd } from '../raw-lnd.ts'
import { runConcurrently } from '../run-concurrently.ts'
import { percentile } from '../statistics.ts'

const payments = 300
const perSecond = 10
const warmUp = 10

/** How much later than LND's own word the library's durable credit is known, per payment. */
export const settle: Section = {
  name: 'settle',
  says: `delay of invoice.settled (durable) behind a raw SubscribeInvoices, at ${perSecond} payments/s`,
  async measure(bench) {
    const network = await bench.network()
    const [alice, bob] = [network.node('alice'), network.node('bob')]
    await using shop = await openShop(bob, await bench.folder())
    const raw = connectRawLnd(bob, shop.macaroon)
    const rawAt = new Map<string, number>()
    const ourAt = new Map<string, number>()
    const stream = raw.subscribeInvoices()
    const broken = new Promise<never>((_, reject) => stream.on('error', reject))
    // Cancelling it at the end is an error of the stream as well.
    broken.catch(() => {})
    stream.on('data', ({ state, r_hash }) => {
      if (state === 'SETTLED') rawAt.set(r_hash.toString('hex'), performance.now())
    })
    const complete = Promise.withResolvers<void>()
    const count = payments + warmUp
    shop.node.on('invoice.settled', ({ invoice }) => {
      ourAt.set(invoice.paymentHash, performance.now())
      if (ourAt.size === count) complete.resolve()
    })
    try {
      const requests: string[] = []
      await runConcurrently(count, 16, async () => {
        const invoice = await shop.node.invoices.create({ partner, amount: '1000 sat' })
        requests.push(invoice.paymentRequest)
      })
      bench.report(`settle: ${count} payments in ${count / perSecond} s`)
      const paying = requests.map(async (request, index) => {
        await sleep((index * 1000) / perSecond)
        const { status, failure_reason } = await alice.pay(request)
        if (status !== 'SUCCEEDED') throw new Error(`a payment failed: ${failure_reason}`)
      })
      await Promise.race([Promise.all(paying), broken])
      const deadline = sleep(30_000, undefined, { ref: false }).then(() => {
        throw new Error(`${ourAt.size} of ${count} payments became an event`)
      })
      await Promise.race([complete.promise, deadline, broken])
    } finally {
      stream.cancel()
      raw.close()
    }
    const delays = [...ourAt].slice(warmUp).map(([hash, at]) => at - rawAt.get(hash)!)
    if (delays.some(Number.isNaN)) throw new Error('the raw subscriber missed a settlement')
    const at = (share: number) => ({ value: percentile(delays, share), unit: 'ms' as const })
    const what = 'durable invoice.settled behind raw SubscribeInvoices'
    const section = settle.name
    return [
      { section, what: `${what}, p50`, ...at(0.5) },
      { section, what: `${what}, p99`, ...at(0.99), target: { atMost: 20 } },
      { section, what: `${what}, slowest of ${payments}`, ...at(1) },
    ]
  },
}
