import { expect, test } from 'vitest'
import { startNetwork } from '../network.ts'
import { waitUntil } from '../wait-until.ts'

test('a private chain: a reorg, and a restart of btcd, which LND follows', async () => {
  await using network = await startNetwork({ nodes: [{ alias: 'lonely', fundSat: 0 }] })
  const node = network.node('lonely')
  const { chain } = network
  await network.mine(2)
  const start = await chain.height()
  const txid = await chain.send(await node.newAddress(), 70_000n)
  await network.mine(1)
  const replaced = await chain.rpc<string>('getblockhash', [start + 1])

  await chain.takeBack(1)
  expect(await chain.height()).toBe(start)
  expect(await chain.mempool()).toEqual([txid])
  await network.mine(3)
  expect(await chain.rpc('getblockhash', [start + 1])).not.toBe(replaced)
  expect((await node.walletBalance()).confirmed_balance).toBe('70000')

  const height = await chain.height()
  await chain.stop()
  await expect(chain.height()).rejects.toThrow('ECONNREFUSED')
  await chain.start()
  expect(await chain.height()).toBe(height)
  await waitUntil(
    'the node to follow the restarted chain',
    async () => {
      const info = await node.info()
      const best = await chain.height()
      if (best > height && info.block_height === best && info.synced_to_chain) return true
      await chain.mine(1)
      return false
    },
    { intervalMilliseconds: 1_000, describe: () => node.log() },
  )
})

test('coins cannot be sent where they would be lost', async () => {
  await using network = await startNetwork({ network: 'regtest', nodes: [] })
  const { chain } = network
  const refused: [string, bigint, string][] = [
    ['sb1q4rc3ll9ef3e0yxn0nl9c53z3d5sxw2gkych0adh0d69y0sqayjgsyctfl8', 1000n, 'not a segwit'],
    ['bcrt1q4rc3ll9ef3e0yxn0nl9c53z3d5sxw2gkych0adh0d69y0sqayjgswstgnd', 1000n, 'not a segwit'],
    ['bcrt1q4rc3ll9ef3e0yxn0nl9c53z3d5sxw2gkych0adh0d69y0sqayjgswstgnc', 10n ** 10n, 'no unspent'],
  ]
  for (const [address, amountSat, words] of refused) {
    await expect(chain.send(address, amountSat), address).rejects.toThrow(words)
  }
  expect(await chain.mempool()).toEqual([])
})
