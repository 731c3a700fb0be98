import { join } from 'node:path'
import {
  createPaymentNode,
  type LightningNode,
  type PaymentNode,
  silentLogger,
  systemClock,
} from '@payment-node/core'
import { sqlite } from '@payment-node/storage-sqlite'
import { createSimulatedNetwork } from '@payment-node/testkit'
import {
  createBoltzFaults,
  createBoltzServer,
  createMusigSigner,
  simulatedChain,
  simulatedLightning,
} from '@payment-node/testkit/boltz-server'
import { boltzProvider } from '../../packages/core/test/swaps/boltz-provider.ts'
import type { Section } from '../bench.ts'
import { invoiceKey } from '../open-shop.ts'

const swaps = 1000
const perRequest = 100
const amountSat = 20_000n
/** LND takes 483 payments at once per channel. */
const channels = 4

/** A library that was away while many swaps were under way. */
export const swapsResume: Section = {
  name: 'swaps-resume',
  says: `${swaps.toLocaleString('en-US')} swaps in flight, from start() until all are followed again`,
  async measure({ report, folder }) {
    const network = createSimulatedNetwork({ clock: systemClock, trustsOwnInvoices: true })
    const [lnd, provider] = [network.addNode('shop'), network.addNode('provider')]
    for (let count = 0; count < channels; count++)
      network.establishChannel({ from: lnd, to: provider, capacitySat: 16_000_000n })
    await using server = disposable(
      createBoltzServer({
        lightning: simulatedLightning(provider),
        chain: simulatedChain(network),
        signer: createMusigSigner(),
        // What it locks up needs no looking at again: that they are under way is what counts.
        faults: createBoltzFaults('lockup-never'),
      }),
    )
    const file = join(await folder(), 'payments.db')
    const open = (lightning: LightningNode): PaymentNode =>
      createPaymentNode({
        lightning,
        storage: sqlite({ file }),
        keys: { invoices: invoiceKey, swaps: Buffer.from(invoiceKey).reverse() },
        swaps: [boltzProvider(server)],
        swapping: {
          perSwap: `${amountSat} sat`,
          inFlight: '100000000 sat',
          inFlightPerProvider: '100000000 sat',
          inFlightShareOfOutbound: 1_000_000,
          perDay: '100000000 sat',
          maximumPpm: 1_000_000,
        },
        logger: silentLogger,
      })

    const first = open(lnd.connect())
    await first.start()
    const held = Promise.withResolvers<void>()
    let heldSwaps = 0
    first.on('swap.held', () => {
      if (++heldSwaps === swaps) held.resolve()
      if (heldSwaps % 250 === 0) report(`swaps-resume: ${heldSwaps} of ${swaps} are under way`)
    })
    first.on('swap.failed', ({ swap }) => held.reject(new Error(`a swap failed: ${swap.reason}`)))
    for (let request = 0; request < swaps / perRequest; request++) {
      const amount = `${amountSat * BigInt(perRequest)} sat`
      await first.swaps.request({ amount }, { idempotencyKey: `request-${request}` })
    }
    await held.promise
    await first.stop()

    const watched = watchCalls(lnd.connect())
    const second = open(watched.lightning)
    const startedAt = performance.now()
    await second.start()
    const seconds = ((await watched.isComplete) - startedAt) / 1000
    await second.stop()
    const section = swapsResume.name
    const what = `${swaps.toLocaleString('en-US')} swaps in flight: payment heard of, lockup watched`
    return [{ section, what, value: seconds, unit: 's', target: { atMost: 10 } }]
  },
}

/** Resolves with the time at which each payment was told and each lockup is watched. */
function watchCalls(lightning: LightningNode): {
  readonly lightning: LightningNode
  readonly isComplete: Promise<number>
} {
  const { promise, resolve } = Promise.withResolvers<number>()
  const payments = new Set<string>()
  const scripts = new Set<string>()
  const look = (): void => {
    if (payments.size === swaps && scripts.size === swaps) resolve(performance.now())
  }
  const chain: LightningNode['chain'] = lightning.chain && {
    ...lightning.chain,
    watchConfirmation(output, signal) {
      scripts.add(output.script)
      look()
      return lightning.chain!.watchConfirmation(output, signal)
    },
  }
  return {
    isComplete: promise,
    lightning: {
      ...lightning,
      ...(chain && { chain }),
      async *trackPayment(paymentHash, signal) {
        for await (const update of lightning.trackPayment(paymentHash, signal)) {
          payments.add(paymentHash)
          look()
          yield update
        }
      },
    },
  }
}

function disposable<T extends { close(): Promise<void> }>(server: T): T & AsyncDisposable {
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() })
}
