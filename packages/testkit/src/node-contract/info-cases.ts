import assert from 'node:assert/strict'
import type { Promised } from './contract-case.ts'

/** Who the node is. */
export function infoCases(promised: Promised): void {
  // §1 node state machine: only a node that is SERVER_ACTIVE and synced is usable.
  promised('getInfo names the node, its network, its version and its sync state', async (given) => {
    const info = await given.node.getInfo()
    assert.match(info.publicKey, /^0[23][0-9a-f]{64}$/)
    assert.equal(info.network, given.network)
    assert.match(info.version, /^\d+\.\d+/)
    assert.ok(info.blockHeight > 0)
    assert.equal(info.isSyncedToChain, true)
    assert.equal(info.isSyncedToGraph, true)
  })

  // §6 keysend refusal: node config, off by default; feature bit 55 tells.
  promised('getInfo says that keysend is not accepted', async ({ node }) => {
    assert.equal((await node.getInfo()).acceptsKeysend, false)
  })

  // §4 RegisterBlockEpochNtfn / §11.5: after mining, block_height follows.
  promised('the block height follows the chain', async ({ node, mine, waitFor }) => {
    const before = (await node.getInfo()).blockHeight
    await mine(1)
    await waitFor('one more block', async () => (await node.getInfo()).blockHeight > before)
  })

  // §3 WalletBalance: confirmed, unconfirmed, locked, and the reserve for anchor channels.
  promised('the wallet shows four amounts, none below zero', async ({ node }) => {
    const balance = await node.walletBalance()
    for (const amount of Object.values(balance)) assert.ok(amount >= 0n)
  })
}
