import type { PaymentNode, Swap } from '@payment-node/core'
import type { BoltzFault } from '@payment-node/testkit/boltz-server'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { regtestProvider } from '../programs/regtest-provider.ts'
import { bringSwapsOn } from './bring-swaps-on.ts'
import { invoiceKey, openShop } from './shop.ts'
import { openSwapStand } from './swap-stand.ts'

const network = sharedNetwork()
// Not many more than core wants there to be when it pays.
const stand = await openSwapStand(network, 'swap-cheats', { settings: { timeoutBlocks: 90 } })
const { client, provider: serverNode, swaps: server } = stand
afterAll(async () => {
  await server.close()
  await network.remove()
})

/** How a swap must end. */
interface Ending {
  readonly fault: BoltzFault
  readonly state: Swap['state']
  readonly reason: string | null
}
const endings = new Map<string, Ending>()

/** Refused before anything is paid. */
const lies: Partial<Record<BoltzFault, string>> = {
  'claim-leaf-other-key': 'claim-leaf-differs',
  'claim-leaf-other-hash': 'claim-leaf-differs',
  'refund-leaf-without-timeout': 'refund-leaf-differs',
  'extra-leaf-hidden': 'address-differs',
  'key-order-swapped': 'address-differs',
  'address-p2wsh': 'address-differs',
  'invoice-other-hash': 'invoice-hash-differs',
  'invoice-larger': 'invoice-amount-differs',
}
/** Claimed all the same: the script path needs nobody. */
const unhelpful: readonly BoltzFault[] = [
  'partial-signature-bad',
  'claim-keeps-preimage',
  'vanishes-after-lockup',
  'vanishes-after-reveal',
]
/** What is locked up is not what was agreed: nothing is revealed for it. */
const lockups: Partial<Record<BoltzFault, string>> = {
  'lockup-small': 'lockup-refused: amount-too-small',
  'lockup-two-outputs': 'lockup-refused: output-twice',
  'lockup-p2wsh': 'payment-returned',
  'lockup-other-key': 'payment-returned',
  'lockup-unpublished': 'payment-returned',
  'lockup-replaced': 'payment-returned',
}

/** Asks for a swap of a provider that cheats in one way. */
async function ask(node: PaymentNode, ending: Ending): Promise<string> {
  await node.swaps.enableProvider('regtest')
  server.faults.set(ending.fault)
  const [swap] = await node.swaps.request({ amount: '60000 sat' }, { idempotencyKey: ending.fault })
  endings.set(swap!.id, ending)
  return swap!.id
}

test('what a provider that cheats takes is at most the worst case, by LND and by the chain, and each swap ends in a named state', async () => {
  const shop = await openShop(
    client,
    {
      keys: { invoices: invoiceKey, swaps: Buffer.from('5a'.repeat(15) + '03'.repeat(17), 'hex') },
      swaps: [regtestProvider(server.address.url)],
      // A provider that is silent is given up soon.
      swapping: { answerWithin: '2s' },
      fees: {
        source: {
          contractVersion: 1,
          name: 'told',
          feerate: async () => ({ at: Date.now(), satPerVbyte: 2 }),
        },
      },
    },
    { macaroon: { hex: stand.macaroon } },
  )
  const { node } = shop
  await node.start()
  const before = await stand.assets()
  const until = (id: string, isIt: (swap: Swap) => boolean): Promise<unknown> =>
    bringSwapsOn(network, node, async () => isIt(await node.swaps.get(id)), {
      buries: false,
      describe: () => server.errors.map(String),
    })
  const recordOf = (id: string) => {
    const { paymentHash } = allSwaps.get(id)!
    return server.swaps().find((one) => one.paymentHash === paymentHash)!
  }
  const allSwaps = new Map<string, Swap>()
  const hasLocked = async (id: string): Promise<unknown> => {
    allSwaps.set(id, await node.swaps.get(id))
    return waitUntil('a lockup', () => recordOf(id).lockup)
  }

  for (const [fault, reason] of Object.entries(lies)) {
    const id = await ask(node, { fault: fault as BoltzFault, state: 'failed-unpaid', reason })
    await until(id, ({ endedAt }) => endedAt !== null)
  }

  for (const fault of unhelpful) {
    const id = await ask(node, { fault, state: 'claimed', reason: null })
    await until(id, ({ reason }) => reason === 'waiting-for-claim')
    server.isReachable = true
  }

  const held: string[] = []
  for (const [fault, reason] of Object.entries(lockups)) {
    const id = await ask(node, { fault: fault as BoltzFault, state: 'returned', reason })
    held.push(id)
    await hasLocked(id)
    await waitUntil('the cheat', () => server.faults.struck.includes(fault as BoltzFault))
    await recordOf(id).turn
  }
  await network.mine(1)
  const nobody = await ask(node, {
    fault: 'lockup-never',
    state: 'returned',
    reason: 'payment-returned',
  })
  held.push(nobody)
  await waitUntil('nothing is locked up', () => server.faults.struck.includes('lockup-never'))
  const late = await ask(node, {
    fault: 'lockup-late',
    state: 'returned',
    reason: 'too-late-to-reveal',
  })
  await waitUntil('both payments are held', async () => {
    const states = await Promise.all([nobody, late].map((id) => node.swaps.get(id)))
    return states.every(({ state }) => state === 'held')
  })
  // It looks before the blocks below come.
  await waitUntil('the lockup is put off', () => server.faults.struck.includes('lockup-late'))
  // What was refused is refused; the payments stay with the provider until it lets go of them.
  let looked = ''
  const areLookedAt = async (): Promise<boolean> => {
    const swaps = await Promise.all(held.map((id) => node.swaps.get(id)))
    looked = swaps
      .map(({ id, state, reason }) => `${endings.get(id)!.fault} ${state} ${reason}`)
      .join('\n')
    return swaps.every(({ id, reason }) => {
      const wanted = endings.get(id)!.reason!
      return wanted.startsWith('lockup-refused') ? reason === wanted : reason !== null
    })
  }
  await waitUntil('the lockups are looked at', areLookedAt, { describe: () => looked })
  for (const id of held) {
    const { paymentHash } = await node.swaps.get(id)
    await serverNode.cancelHold(Buffer.from(paymentHash, 'hex'))
  }

  // 20 blocks before the timeout something is locked up: nothing is revealed, and the provider takes it back.
  const { timeoutHeight } = await node.swaps.get(late)
  await network.mine(timeoutHeight! - (await network.chain.height()) - 20)
  await hasLocked(late)
  await network.mine(1)
  await waitUntil('it is too late', async () => {
    return (await node.swaps.get(late)).reason === 'too-late-to-reveal'
  })
  await network.mine(timeoutHeight! - (await network.chain.height()))
  await waitUntil('the provider takes it back', () => recordOf(late).refund !== undefined)
  await network.mine(1)
  await waitUntil('all have ended', async () => {
    const { items } = await node.swaps.list({ limit: 100 })
    return items.every(({ endedAt }) => endedAt !== null)
  })

  const wrong: string[] = []
  const check = (isRight: boolean, says: string): void => void (isRight || wrong.push(says))
  const { items } = await node.swaps.list({ limit: 100 })
  let costs = 0n
  for (const swap of items) {
    const { fault, state, reason } = endings.get(swap.id)!
    check(server.faults.struck.includes(fault), `${fault} never happened`)
    check(
      swap.state === state && swap.reason === reason,
      `${fault}: ${swap.state} (${swap.reason}), not ${state} (${reason})`,
    )
    const paid = (await stand.payments(swap.paymentHash)).filter(
      ({ status }) => status !== 'FAILED',
    )
    check(paid.length === (state === 'claimed' ? 1 : 0), `${fault}: ${paid.length} payments`)
    const claim = swap.lockup === null ? undefined : await stand.spending(swap.lockup)
    const leftMsat = paid.reduce(
      (sum, { value_msat, fee_msat }) => sum + BigInt(value_msat) + BigInt(fee_msat),
      -(claim?.receivedSat ?? 0n) * 1000n,
    )
    const { service, routing, claim: claimLimit } = swap.limits
    const worst = service!.msat + routing!.msat + claimLimit!.msat
    check(leftMsat <= worst, `${fault}: ${leftMsat} msat have left, and ${worst} was the worst`)
    if (state !== 'claimed') check(leftMsat === 0n, `${fault}: ${leftMsat} msat have left`)
    const { claims } = await node.swaps.explain(swap.id)
    check(
      state !== 'claimed' || claims.find((one) => one.confirmedHeight)?.path === 'script',
      `${fault}: it was not claimed by script`,
    )
    costs += leftMsat
  }
  expect(wrong).toEqual([])
  expect(items).toHaveLength(endings.size)
  expect(before - (await stand.assets())).toBe(costs)
  const proof = await node.ledger.prove()
  expect(proof.verdict, JSON.stringify(proof)).toBe('proved')
  expect((await node.safety.status()).isHalted).toBe(false)
  await shop.remove()
}, 300_000)
