import type { BoltzFault } from '@payment-node/testkit/boltz-server'
import { quietFeerate } from './build-market.ts'
import type { TwoShops } from './run-two-shops.ts'

/** What can be done to the shops while they run. */
export const buttons = {
  'kill-process': "kill the library's process",
  'kill-lnd': 'kill LND',
  'fee-spike': 'fee spike',
  'cheating-provider': 'cheating provider',
  'close-channel': 'a peer closes a channel',
} as const

export type Button = keyof typeof buttons

const minute = 60_000
/** How long things stay as they were pressed. */
const lasting = { process: 10 * minute, lnd: 30 * minute, spike: 600 * minute, liar: 480 * minute }
/** sat/vB, above what the shop ever pays (`fees.hardCeiling`). */
const spikeFeerate = 120
/** What the cheapest provider does to new swaps. */
const fraud: BoltzFault = 'invoice-other-hash'

/** Presses one: on both networks, since both shops live in the same world. */
export function press(shops: TwoShops, button: Button): void {
  shops.later(0, () => presses[button](shops))
}

const presses: Readonly<Record<Button, (shops: TwoShops) => void | Promise<void>>> = {
  'kill-process'({ shop, note, later }) {
    if (!shop.node) return
    note('pressed', "the library's process is killed; its supervisor starts it in 10 minutes")
    shop.kill()
    later(lasting.process, async () => {
      await shop.start()
      note('back', 'the process runs again, on the same books')
    })
  },
  'kill-lnd'({ markets, note, later }) {
    const nodes = Object.values(markets).map(({ lnd }) => lnd)
    if (nodes.some(({ lifecycle }) => lifecycle !== 'running')) return
    note('pressed', 'LND is killed, at both shops; it is started again in 30 minutes')
    for (const lnd of nodes) lnd.stop()
    later(lasting.lnd, () => {
      for (const lnd of nodes) lnd.start()
    })
  },
  'fee-spike'({ markets, note, later }) {
    const networks = Object.values(markets).map(({ network }) => network)
    note('pressed', `fee spike: blocks ask ${spikeFeerate} sat/vB for the next 10 hours`)
    for (const network of networks) network.setFeerate(spikeFeerate)
    later(lasting.spike, () => {
      for (const network of networks) network.setFeerate(quietFeerate)
      note('back', `blocks ask ${quietFeerate} sat/vB again`)
    })
  },
  async 'cheating-provider'({ markets, shop, note, later, now }) {
    const [url, server] = Object.entries(markets.library.providers)[0]!
    const name = new URL(url).hostname.split('.')[0]
    note('pressed', `${name} begins to cheat: it invoices a hash whose preimage it has itself`)
    server!.faults.add(fraud)
    later(lasting.liar, async () => {
      server!.faults.remove(fraud)
      note('back', `${name} is honest again, and the operator lets it take part`)
      await shop.node?.swaps.enableProvider(name!).catch((error: Error) => {
        note('trouble', `${name} is not let take part: ${error.message}`)
      })
    })
    // So that there is something to see at once.
    const key = { idempotencyKey: `cheated-${now()}` }
    await shop.node?.swaps.request({ amount: '200000 sat' }, key).catch((error: Error) => {
      note('trouble', `a swap is refused: ${error.message}`)
    })
  },
  async 'close-channel'({ markets, note, aliases }) {
    const closings = Object.values(markets).map(async ({ lnd, hubs }) => {
      // One whose LND is away has none that its peers could close with it.
      const channels = await lnd.lightning.listChannels().catch(() => [])
      const own = channels.filter(({ isInitiator, isActive }) => isInitiator && isActive)
      const [first] = own.toSorted((one, other) => (one.peer < other.peer ? -1 : 1))
      const hub = hubs.find(({ publicKey }) => publicKey === first?.peer)
      if (!first || !hub) return undefined
      hub.closeChannel(first.channelPoint)
      return aliases.get(first.peer)
    })
    const [library, bare] = await Promise.all(closings)
    const none = 'has no channel to close'
    note(
      'pressed',
      `a peer closes a channel: ${library ?? none}; at the other shop: ${bare ?? none}`,
    )
  },
}
