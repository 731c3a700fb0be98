import { channelManagementContract } from '@payment-node/testkit'
import { afterAll, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { adapterOf, swapperRoles } from './adapter-of.ts'
import { lndEnvironment } from './lnd-environment.ts'

const network = sharedNetwork()
afterAll(() => network.remove())

// Payments on the oldest supported LND: regtest/test/oldest-lnd.test.ts.
channelManagementContract(
  test,
  async () => {
    const tested = await network.addNode({ alias: 'oldest', version: '0.19' })
    await network.openChannels([
      { from: 'oldest', to: 'bob', capacitySat: 8_000_000, pushSat: 4_000_000 },
    ])
    return lndEnvironment(
      network,
      { tested, hop: network.node('bob'), payee: network.node('carol') },
      await adapterOf(tested, swapperRoles),
    )
  },
  { watchesChain: true },
)
