import { PaymentNodeError, type PaymentNodeOptions } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openSwaps, type SwapStand, type SwapStandSettings } from './swap-stand.ts'

interface Dying {
  readonly stand: SwapStand
  readonly before: bigint
  readonly id: string
}

/** The provider has the preimage and its payment; the process dies before it has published anything. */
async function dieRevealed(
  settings: SwapStandSettings = {},
  meanwhile: (stand: SwapStand) => Promise<void> = async () => undefined,
): Promise<Dying> {
  let isDead = false
  const stand = openSwaps({
    ...settings,
    onProviderCall: (call, moment) => {
      if (isDead || call !== 'requestClaimSignature' || moment !== 'after') return
      isDead = true
      stand.current.kill()
    },
  })
  await stand.run(stand.node.start())
  const before = await stand.assets()
  const { id } = await stand.ask(1_000_000)
  for (let round = 0; (await stand.swap(id)).state !== 'lockup-seen'; round++) {
    expect(round).toBeLessThan(20)
    await stand.settle(6000)
  }
  await meanwhile(stand)
  for (let round = 0; !isDead; round++) {
    expect(round).toBeLessThan(20)
    stand.network.mine()
    await stand.settle(6000)
  }
  return { stand, before, id }
}

/** Nobody says what the chain asks, from now on. */
function silenceFeerate({ lnd }: SwapStand): () => void {
  return lnd.faults.add(({ call, moment }) =>
    call === 'estimateFeerate' && moment === 'before-effect' ? { outcome: 'none' } : undefined,
  )
}

function refuseClaims({ lnd }: SwapStand): void {
  const details = { call: 'publishTransaction', reason: 'rejected' } as const
  lnd.faults.add(({ call, moment }) =>
    call === 'publishTransaction' && moment === 'before-effect'
      ? { error: new PaymentNodeError('node.refused', 'no', details) }
      : undefined,
  )
}

async function expectOnlyCosts({ stand, before, id }: Dying): Promise<void> {
  const { service, routing, claim } = (await stand.swap(id)).costs
  expect(before - (await stand.assets())).toBe(service!.msat + routing!.msat + claim!.msat)
}

test('a disk that is full keeps the books from being compared: what is revealed is claimed, and it is told', async () => {
  let written: number | undefined
  let isFull = false
  const intentCounter = {
    read: async () => written,
    async write(count: number) {
      if (isFull) throw new Error('ENOSPC: no space left on device')
      written = count
    },
  }
  const died = await dieRevealed({ options: { intentCounter } }, async (stand) => {
    isFull = true
    const other = await stand.ask(300_000)
    await stand.settle(20_000)
    expect((await stand.swap(other.id)).reason).toBe('counter-unreachable')
  })
  const { stand, id } = died
  const { run } = stand
  stand.openNext()
  await run(stand.node.start())
  await stand.settle(30_000)
  expect(await stand.swap(id)).toMatchObject({ state: 'claim-published' })
  expect((await run(stand.node.status())).warnings).toEqual([])
  await stand.mine(20)
  const buried = await stand.swap(id)
  expect([buried.state, buried.reason]).toEqual(['claim-published', 'uncompared'])
  expect((await run(stand.node.swaps.explain(id))).says).toContain('compared')
  const { state, warnings } = await run(stand.node.status())
  expect([state, warnings]).toEqual(['ready', [expect.stringContaining('ENOSPC')]])
  const told = await stand.events('books.uncompared')
  expect(told.map(({ data }) => data)).toEqual([{ says: warnings[0] }])
  // Nothing that is not revealed goes on.
  const payments = await run(stand.lnd.lightning.listPayments({ afterIndex: 0n, limit: 10 }))
  expect(payments).toHaveLength(1)
  isFull = false
  await stand.settle(60_000)
  expect((await stand.swap(id)).state).toBe('claimed')
  expect((await run(stand.node.status())).warnings).toEqual([])
  expect((await run(stand.node.ledger.prove())).verdict).toBe('proved')
})

test('while the books cannot be compared a claim is made dearer, its alarms ring, and a loss is told', async () => {
  for (const isTaken of [false, true]) {
    let isFull = false
    let written: number | undefined
    const intentCounter = {
      read: async () => written,
      async write(count: number) {
        if (isFull) throw new Error('ENOSPC: no space left on device')
        written = count
      },
    }
    const settings: SwapStandSettings = {
      options: { intentCounter },
      server: { timeoutBlocks: 76 },
      faults: isTaken ? ['claim-keeps-preimage'] : [],
    }
    const { stand, id } = await dieRevealed(settings, async (living) => {
      isFull = true
      await living.ask(300_000)
      await living.settle(20_000)
    })
    // No block takes what it has.
    stand.network.setFeerate(300)
    if (isTaken) refuseClaims(stand)
    stand.openNext()
    await stand.run(stand.node.start())
    await stand.mine(16)
    if (isTaken) {
      const { timeoutHeight } = await stand.swap(id)
      for (const blocksLeft of [36, 12, -1]) {
        stand.network.mine(timeoutHeight! - blocksLeft - stand.network.blockHeight)
        await stand.settle()
      }
      // Now the provider's refund gets into a block.
      stand.network.setFeerate(1)
      await stand.mine(10)
    }
    const alarms = (await stand.events('swap.deadline-near')).map(
      ({ data }) => (data as { blocksLeft: number }).blocksLeft,
    )
    const { state, reason } = await stand.swap(id)
    const { claims } = await stand.run(stand.node.swaps.explain(id))
    const says = `taken: ${isTaken}`
    expect(Math.max(...claims.map(({ feerate }) => feerate)), says).toBeGreaterThan(440)
    if (isTaken) expect([state, alarms], says).toEqual(['lost', [72, 36, 12]])
    else expect([state, reason, alarms], says).toEqual(['claim-published', 'uncompared', [72]])
    expect(await stand.told('swap.lost'), says).toHaveLength(isTaken ? 1 : 0)
    expect(await stand.told('books.uncompared'), says).toHaveLength(1)
  }
})

test('nobody says the feerate: the stored claim is published, and near the timeout made dearer from its own', async () => {
  const died = await dieRevealed()
  const { stand, id } = died
  const speak = silenceFeerate(stand)
  stand.openNext()
  await stand.run(stand.node.start())
  await stand.settle()
  const { state, reason } = await stand.swap(id)
  expect([state, reason]).toEqual(['claim-published', 'feerate-unknown'])
  expect((await stand.run(stand.node.swaps.explain(id))).says).toContain('fees.source')
  expect((await stand.untilEnded(id)).state).toBe('claimed')
  await expectOnlyCosts(died)
  speak()
})

test('nobody says the feerate, and no block takes the stored claim: near the timeout it is made dearer', async () => {
  const died = await dieRevealed({ server: { timeoutBlocks: 76 } }, async (living) => {
    living.network.setFeerate(2)
    // A feerate that was read is kept for a moment.
    await living.settle(40_000)
  })
  const { stand, id } = died
  silenceFeerate(stand)
  stand.network.setFeerate(5)
  stand.openNext()
  await stand.run(stand.node.start())
  expect((await stand.untilEnded(id, 60)).state).toBe('claimed')
  const { claims } = await stand.run(stand.node.swaps.explain(id))
  expect(claims[0]!.feerate).toBeCloseTo(2, 0)
  // Three times as much with 36 blocks left.
  expect(claims.at(-1)!.feerate).toBeGreaterThan(5.9)
  expect(claims.at(-1)!.feerate).toBeLessThan(7)
  await expectOnlyCosts(died)
})

test('nobody says the feerate before the reveal: it waits, says so, and it is not held against the provider', async () => {
  const stand = openSwaps({ server: { timeoutBlocks: 80 } })
  await stand.run(stand.node.start())
  const { id } = await stand.ask(1_000_000)
  for (let round = 0; (await stand.swap(id)).state !== 'lockup-seen'; round++) {
    expect(round).toBeLessThan(20)
    await stand.settle(6000)
  }
  silenceFeerate(stand)
  // A feerate that was read is kept for a moment.
  await stand.settle(40_000)
  await stand.mine(2)
  const waiting = await stand.swap(id)
  expect([waiting.state, waiting.reason]).toEqual(['lockup-confirmed', 'feerate-unknown'])
  stand.payee.cancelHold(waiting.paymentHash)
  await stand.mine(2)
  const swap = await stand.swap(id)
  expect([swap.state, swap.reason, swap.claims]).toEqual(['returned', 'feerate-unknown', 0])
  const [provider] = await stand.run(stand.node.swaps.providers())
  expect(provider!.failed).toBe(0)
})

test('a process that works is not started without the key of a swap that lives', async () => {
  const without: Partial<PaymentNodeOptions> = { swaps: [] }
  const { stand, id } = await dieRevealed()
  const keys = { invoices: stand.invoiceKey }
  for (const role of ['all', 'worker'] as const) {
    const { node, kill } = stand.openNext({ ...without, keys, role })
    await expect(stand.run(node.start()), role).rejects.toMatchObject({
      code: 'options.invalid',
      details: { field: 'keys.swaps', reason: 'missing' },
    })
    kill()
  }
  const api = stand.openNext({ ...without, keys, role: 'api' })
  await stand.run(api.node.start())
  await stand.run(api.node.stop())
  // Without its provider it is claimed all the same.
  stand.openNext(without)
  await stand.run(stand.node.start())
  expect((await stand.untilEnded(id)).state).toBe('claimed')
  await stand.run(stand.node.stop())
  // Nothing lives any more.
  stand.openNext({ ...without, keys })
  await stand.run(stand.node.start())
  expect((await stand.run(stand.node.status())).state).toBe('ready')
})

test('a key that is lost is said to be: then the stored claim is published', async () => {
  const { stand, id } = await dieRevealed()
  stand.openNext({ swaps: [], keys: { invoices: stand.invoiceKey, swaps: 'lost' } })
  await stand.run(stand.node.start())
  expect((await stand.untilEnded(id)).state).toBe('claimed')
})

test('a process without the key that takes over publishes the claim that is stored', async () => {
  const stand = openSwaps({ isExclusive: false, faults: ['claim-silent'] })
  let isDead = false
  stand.lnd.faults.add(({ call, moment }) => {
    if (!isDead && call === 'publishTransaction' && moment === 'before-effect') {
      isDead = true
      first.kill()
    }
    return undefined
  })
  const first = stand.current
  await stand.run(first.node.start())
  // Before there was a swap nobody asked it for the key.
  const next = stand.openNext({ swaps: [], keys: { invoices: stand.invoiceKey } })
  await stand.run(next.node.start())
  const made = first.node.swaps.request({ amount: '1000000 sat' }, { idempotencyKey: 'one' })
  const id = (await stand.run(made))[0]!.id
  for (let round = 0; !isDead; round++) {
    expect(round).toBeLessThan(40)
    if (round > 1) stand.network.mine()
    await stand.settle(6000)
  }
  expect((await stand.swap(id)).state).toBe('preimage-revealed')
  await stand.settle(60_000)
  expect(await stand.swap(id)).toMatchObject({ state: 'claim-published', reason: 'no-key' })
  expect((await stand.run(next.node.swaps.explain(id))).says).toContain('key')
  expect((await stand.untilEnded(id)).state).toBe('claimed')
})
