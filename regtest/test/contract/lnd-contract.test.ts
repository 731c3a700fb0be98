import { lightningNodeContract } from '@payment-node/testkit'
import { afterAll, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { adapterOf, swapperRoles } from './adapter-of.ts'
import { lndEnvironment } from './lnd-environment.ts'

const network = sharedNetwork()
afterAll(() => network.remove())

lightningNodeContract(
  test,
  async () => {
    const tested = await network.addNode({ alias: 'tested' })
    await network.openChannels([
      { from: 'tested', to: 'bob', capacitySat: 8_000_000, pushSat: 4_000_000 },
    ])
    const node = await adapterOf(tested, swapperRoles)
    return lndEnvironment(
      network,
      { tested, hop: network.node('bob'), payee: network.node('carol') },
      node,
    )
  },
  {
    restarts: true,
    opensChannels: true,
    managesChannels: true,
    watchesChain: true,
    forwards: true,
  },
)
