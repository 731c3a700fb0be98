import { PaymentNodeError } from '@payment-node/core'
import { type BoltzFault, boltzFaults } from '@payment-node/testkit/boltz-server'
import { expect, test } from 'vitest'
import { openSwaps, type SwapStand } from './swap-stand.ts'

/** How a swap of 1,000,000 sat ends, and what becomes of the provider. */
type Ending = readonly [
  state: 'failed-unpaid' | 'returned' | 'claimed' | 'no-offer',
  reason: string | null,
  provider: 'healthy' | 'quarantined' | 'disabled',
]

const lied = (reason: string): Ending => ['failed-unpaid', reason, 'disabled']
const refused = (reason: string): Ending => ['failed-unpaid', reason, 'quarantined']
const returned: Ending = ['returned', 'payment-returned', 'quarantined']
const badLockup = (reason: string): Ending => ['returned', `lockup-refused: ${reason}`, 'disabled']
const claimed: Ending = ['claimed', null, 'healthy']
const noOffer = (reason: string): Ending => ['no-offer', reason, 'healthy']

/** Every way to cheat or fail that a swap by itself meets. */
const endings: Partial<Readonly<Record<BoltzFault, Ending>>> = {
  'invoice-other-hash': lied('invoice-hash-differs'),
  'invoice-larger': lied('invoice-amount-differs'),
  'invoice-smaller': lied('invoice-amount-differs'),
  'invoice-off-by-msat': lied('invoice-amount-differs'),
  'invoice-without-amount': lied('invoice-amount-differs'),
  'invoice-other-network': lied('invoice-wrong-network'),
  'invoice-expired': refused('invoice-expired'),
  'invoice-expires-at-once': refused('invoice-expired'),
  'invoice-huge-cltv': refused('invoice-timelock-too-long'),
  'invoice-own-node': lied('invoice-own-node'),
  'invoice-damaged': lied('invoice-malformed'),
  'miner-fee-invoice': lied('prepayment-demanded'),

  'claim-leaf-other-hash': lied('claim-leaf-differs'),
  'claim-leaf-other-key': lied('claim-leaf-differs'),
  'claim-leaf-without-size': lied('claim-leaf-differs'),
  'claim-leaf-other-version': lied('leaf-version'),
  'refund-leaf-other-key': lied('refund-leaf-differs'),
  'refund-leaf-without-timeout': lied('refund-leaf-differs'),
  'refund-leaf-early-timeout': lied('refund-leaf-differs'),
  'leaves-swapped': lied('claim-leaf-differs'),
  'leaf-missing': lied('leaf-missing'),
  'extra-leaf': lied('leaf-extra'),
  'extra-leaf-hidden': lied('address-differs'),
  'refund-key-other': lied('refund-leaf-differs'),
  'refund-key-is-claim-key': lied('refund-key-ours'),
  'refund-key-not-on-curve': lied('refund-key-invalid'),
  'key-order-swapped': lied('address-differs'),
  'key-untweaked': lied('address-differs'),

  'address-other-tree': lied('address-differs'),
  'address-p2wsh': lied('address-differs'),
  'address-server-key': lied('address-differs'),
  'address-other-network': lied('address-differs'),
  'address-malformed': lied('address-differs'),
  'timeout-near': refused('timeout-too-soon'),
  'timeout-passed': refused('timeout-too-soon'),
  'timeout-far': refused('invoice-unpayable'),
  'onchain-amount-less': lied('onchain-amount-differs'),
  'onchain-amount-more': lied('onchain-amount-differs'),
  'onchain-amount-missing': refused('provider-failed'),

  'creation-refused': refused('insufficient-liquidity'),
  'creation-conflict': refused('hash-used'),
  'creation-answer-lost': refused('provider-failed'),
  'too-many-requests': noOffer('rate-limited'),
  'pair-hash-stale': ['failed-unpaid', 'quote-stale', 'healthy'],
  'fee-changes-after-quote': lied('onchain-amount-differs'),
  'limits-change': refused('above-maximum'),
  'pairs-empty': noOffer('unreachable'),
  'pairs-absurd': noOffer('unreachable'),
  'hostile-id': lied('terms-malformed'),
  'wrong-types': refused('provider-failed'),
  'negative-numbers': lied('terms-malformed'),
  'huge-numbers': refused('provider-failed'),
  'server-error': noOffer('unreachable'),
  'not-json': noOffer('unreachable'),
  silent: noOffer('unreachable'),
  late: noOffer('unreachable'),
  vanished: noOffer('unreachable'),

  'lockup-never': returned,
  'lockup-late': ['returned', 'too-late-to-reveal', 'quarantined'],
  'lockup-small': badLockup('amount-too-small'),
  'lockup-dust': badLockup('amount-too-small'),
  'lockup-two-outputs': badLockup('output-twice'),
  // Nothing of it pays our script: LND does not show it.
  'lockup-p2wsh': returned,
  'lockup-other-key': returned,
  'lockup-unpublished': returned,
  'lockup-low-fee': returned,
  'lockup-replaced': returned,
  'lockup-evicted': returned,
  'lockup-reorganized': claimed,
  'lockup-reorganized-and-replaced': returned,

  'claim-refused': claimed,
  'claim-unsettled': claimed,
  'claim-keeps-preimage': claimed,
  'claim-silent': claimed,
  'no-partial-signature': claimed,
  'partial-signature-bad': claimed,
  'partial-signature-out-of-range': claimed,
  'partial-signature-other-transaction': claimed,
  'partial-signature-untweaked': claimed,
  'public-nonce-bad': claimed,
  'nonce-harvest': claimed,
  'vanishes-after-held': returned,
  'vanishes-after-lockup': claimed,
  'vanishes-after-reveal': claimed,

  'updates-duplicated': claimed,
  'updates-out-of-order': claimed,
  'updates-skipped': claimed,
  'updates-of-others': claimed,
  'status-unknown-word': claimed,
  'status-lies-confirmed': returned,
  'status-lies-settled': returned,
  'status-lies-failed': claimed,
  'status-unknown-swap': claimed,
  'web-socket-refused': claimed,
  'web-socket-silent': claimed,
  'web-socket-drops': claimed,
  'web-socket-garbage': claimed,
}

test('a provider that cheats or fails in any way: each swap ends in a named state, and costs what it may at most', async () => {
  const wrong: string[] = []
  for (const [name, ending] of Object.entries(endings)) {
    const fault = name as BoltzFault
    const stand = openSwaps({ faults: [fault] })
    await stand.run(stand.node.start())
    const found = await live(stand)
    if (JSON.stringify(found.ending) !== JSON.stringify(ending))
      wrong.push(`${fault}: ${JSON.stringify(found.ending)}, not ${JSON.stringify(ending)}`)
    for (const says of found.faults) wrong.push(`${fault}: ${says}`)
    if (!stand.server.faults.struck.includes(fault)) wrong.push(`${fault} never happened`)
    if (!(fault in boltzFaults)) wrong.push(`${fault} is no fault`)
  }
  expect(wrong).toEqual([])
  expect(Object.keys(endings).length).toBeGreaterThan(80)
}, 120_000)

test('an invoice or an id of an earlier swap is recognised', async () => {
  for (const [fault, ending] of [
    ['invoice-reused', lied('invoice-hash-differs')],
    // Everything that counts is its own: only the provider's help with the claim goes to the other swap.
    ['same-id-twice', claimed],
  ] as const) {
    const stand = openSwaps()
    await stand.run(stand.node.start())
    const first = await stand.ask(500_000)
    await stand.settle()
    stand.server.faults.add(fault)
    const found = await live(stand)
    expect([found.ending, found.faults], fault).toEqual([ending, []])
    expect((await stand.untilEnded(first.id)).state, fault).toBe('claimed')
  }
})

/** A swap to its end, and everything that must hold then, in words. */
async function live(
  stand: SwapStand,
): Promise<{ readonly ending: Ending; readonly faults: readonly string[] }> {
  const faults: string[] = []
  const before = await stand.assets()
  let state: Ending[0]
  let reason: string | null
  let worst = 0n
  try {
    const { id, limits } = await stand.ask(1_000_000)
    worst = limits.service!.msat + limits.routing!.msat + limits.claim!.msat
    const swap = await stand.untilEnded(id, 200)
    state = swap.state as Ending[0]
    reason = swap.reason
    const { service, routing, claim } = swap.costs
    const cost = service!.msat + routing!.msat + claim!.msat
    const lost = before - (await stand.assets())
    if (cost !== lost && stand.server.swaps().length === 1)
      faults.push(`it lost ${lost} msat, and the books say ${cost}`)
    if (lost > worst && stand.server.swaps().length === 1)
      faults.push(`it lost ${lost} msat of at most ${worst}`)
    if (state !== 'claimed' && cost !== 0n) faults.push(`it cost ${cost} msat`)
    if (state === 'failed-unpaid' && swap.revealedAt !== null) faults.push('it was revealed')
  } catch (error) {
    if (!PaymentNodeError.is(error, 'swap.no-offer')) throw error
    state = 'no-offer'
    reason = error.details.rejected[0]!.reason
  }
  const { verdict } = await stand.run(stand.node.ledger.prove())
  if (verdict !== 'proved') faults.push(`the proof says ${verdict}`)
  const { sum } = await stand.run(stand.node.ledger.balances())
  if (sum.msat !== 0n) faults.push(`the books sum to ${sum}`)
  const [provider] = await stand.run(stand.node.swaps.providers())
  return { ending: [state, reason, provider!.state], faults }
}
