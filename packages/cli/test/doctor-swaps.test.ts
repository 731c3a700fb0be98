import type { PaymentNodeOptions } from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { createSimulatedNetwork, createVirtualClock } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { boltz } from '../../boltz-plugin/src/index.ts'
import { refuse, type StreamHandler, startFakeLnd } from '../../lnd-adapter/test/fake-lnd.ts'
import { checkSwaps } from '../src/doctor/check-swaps.ts'

const provider = boltz({ url: 'https://swaps.example/v2' })
const confirmations = '/chainrpc.ChainNotifier/RegisterConfirmationsNtfn'
const spends = '/chainrpc.ChainNotifier/RegisterSpendNtfn'

async function results(options: Partial<PaymentNodeOptions>, patience?: number): Promise<string[]> {
  const found = await checkSwaps(options as PaymentNodeOptions, patience)
  return found.map(({ check, result, says }) => `${result} ${check}: ${says}`)
}

test('without providers whose swaps are ours, nothing is asked of the node', async () => {
  const node = createSimulatedNetwork().addNode('alice')
  const delegated = { ...provider, custody: 'delegated' } as never
  expect(await results({ lightning: node.lightning })).toEqual([])
  expect(await results({ lightning: node.lightning, swaps: [delegated] })).toEqual([])
})

test('a macaroon without the role swaps is found before the first swap, and LND’s own refusal is none', async () => {
  const denied: StreamHandler = () => {
    throw refuse('permission denied')
  }
  const allowed: StreamHandler = () => {
    throw refuse('unsupported script type')
  }
  const rows: readonly [StreamHandler, StreamHandler, string][] = [
    [allowed, allowed, 'ok swaps: The node lets lockups of swaps be watched.'],
    [denied, denied, `failed swaps: The macaroon does not allow ${confirmations}.`],
    [allowed, denied, `failed swaps: The macaroon does not allow ${spends}.`],
  ]
  for (const [confirmation, spend, expected] of rows) {
    await using server = await startFakeLnd({
      answers: { [confirmations]: confirmation, [spends]: spend },
    })
    const lightning = lnd(server.options())
    expect(await results({ lightning, swaps: [provider] })).toEqual([expected])
    await lightning.close()
  }
})

test('a node that watches without a word is enough, and one that cannot is not', async () => {
  const clock = createVirtualClock({ isAutomatic: true })
  const { lightning } = createSimulatedNetwork({ clock }).addNode('alice')
  expect(await results({ lightning, swaps: [provider] }, 10)).toEqual([
    'ok swaps: The node lets lockups of swaps be watched.',
  ])
  const { chain: _, ...poor } = lightning
  expect(await results({ lightning: poor, swaps: [provider] })).toEqual([
    'failed swaps: The node cannot watch lockups of swaps.',
  ])
})
