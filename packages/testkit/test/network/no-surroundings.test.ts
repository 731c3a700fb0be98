import { afterEach, expect, test, vi } from 'vitest'
import { createSimulatedNetwork } from '../../src/index.ts'

afterEach(() => vi.unstubAllGlobals())

test('nothing asks the machine for time, chance or the web', async () => {
  const forbidden = (name: string) => () => {
    throw new Error(`${name} was used`)
  }
  // Formatting a given moment is no look at the clock: the bolt11 package does that.
  class GivenDate extends Date {
    constructor(...moment: readonly [] | readonly [number]) {
      if (moment.length === 0) forbidden('new Date()')()
      super(...(moment as [number]))
    }
    static override now = forbidden('Date.now')
  }
  vi.stubGlobal('Date', GivenDate)
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'fetch']) {
    vi.stubGlobal(name, forbidden(name))
  }
  vi.stubGlobal('performance', { now: forbidden('performance.now') })
  vi.stubGlobal('crypto', { getRandomValues: forbidden('crypto.getRandomValues') })
  vi.spyOn(Math, 'random').mockImplementation(forbidden('Math.random'))
  expect(() => new Date()).toThrow('was used')

  const network = createSimulatedNetwork()
  const { clock } = network
  const [alice, bob] = [network.addNode('alice'), network.addNode('bob')]
  const size = { capacitySat: 1_000_000n, isPrivate: true }
  const channelPoint = network.establishChannel({ from: alice, to: bob, ...size })
  const { paymentRequest } = bob.createInvoice({ amountMsat: 5_000n })
  expect((await clock.run(alice.pay(paymentRequest))).state).toBe('succeeded')
  bob.restart()
  await clock.advance(2_000)
  alice.closeChannel(channelPoint)
  await clock.runUntilIdle()
  network.mine(3)
  expect(await clock.run(alice.lightning.listClosedChannels())).toHaveLength(1)
  vi.restoreAllMocks()
})
