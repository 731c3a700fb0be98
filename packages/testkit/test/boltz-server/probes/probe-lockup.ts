import { Transaction } from 'bitcoinjs-lib'
import { expect } from 'vitest'
import type { BoltzLockup } from '../../../src/boltz-server/index.ts'
import type { World } from '../simulated-world.ts'
import { ask, type ClientSwap, claimTogether, findOutput } from '../small-client.ts'
import type { Probe, Probes } from './probe.ts'

/** A swap that is paid. */
const paid = async (world: World): Promise<ClientSwap> => {
  const swap = await world.create()
  await world.pay(swap)
  return swap
}

const lockupOf = ({ server }: World): BoltzLockup | undefined => server.swaps()[0]!.lockup

/** The outputs of the lockup that pay the swap's script. */
const payments = (swap: ClientSwap, { hex }: BoltzLockup): readonly bigint[] => {
  const { index } = findOutput(swap, hex)
  const { outs } = Transaction.fromHex(hex)
  const { script } = outs[index]!
  return outs
    .filter((output) => Buffer.compare(output.script, script) === 0)
    .map((one) => one.value)
}

const lockedUp =
  (judge: (swap: ClientSwap, lockup: BoltzLockup, world: World) => void | Promise<void>): Probe =>
  async (world) => {
    const swap = await paid(world)
    await judge(swap, lockupOf(world)!, world)
  }

/** What the chain says of the lockup; `gone`: nobody has it. */
const stateOf = ({ network }: World, { transactionId }: BoltzLockup): string => {
  const found = network.findTransaction(transactionId)
  if (!found) return 'gone'
  return found.blockHeight === undefined ? 'waiting' : 'confirmed'
}

const holdOf = (world: World, { paymentHash }: ClientSwap): string | undefined =>
  world.serverNode.findInvoice(paymentHash)?.state

/** A cooperative claim of a confirmed lockup fails, and the server has then settled, or not. */
const claimFails =
  (says: RegExp, hold: 'settled' | 'accepted'): Probe =>
  async (world) => {
    const swap = await paid(world)
    await world.mine()
    const { hex } = lockupOf(world)!
    const destination = await world.destination()
    await expect(claimTogether(world.ask, swap, hex, destination)).rejects.toThrow(says)
    expect(holdOf(world, swap)).toBe(hold)
  }

const unreachable = async (world: World): Promise<void> => {
  expect(await world.ask({ method: 'GET', path: '/v2/version' })).toEqual({ kind: 'cut', sent: '' })
  expect(() => world.server.openWebSocket({ message() {}, close() {} })).toThrow()
}

export const lockupProbes: Probes = {
  'lockup-never': async (world) => {
    const swap = await paid(world)
    await world.mine(10)
    expect([lockupOf(world), holdOf(world, swap)]).toEqual([undefined, 'accepted'])
  },
  'lockup-late': async (world) => {
    const { told } = await paid(world)
    await world.mine(told.timeoutBlockHeight - 21 - world.network.blockHeight)
    expect(lockupOf(world)).toBeUndefined()
    await world.mine()
    expect(lockupOf(world)).toBeDefined()
  },
  'lockup-small': lockedUp((swap, lockup) => expect(payments(swap, lockup)).toEqual([89_272n])),
  'lockup-dust': lockedUp((swap, lockup) => expect(payments(swap, lockup)).toEqual([330n])),
  'lockup-p2wsh': lockedUp((swap, { hex, script }) => {
    expect(() => findOutput(swap, hex)).toThrow('does not pay')
    expect(Buffer.from(script).toString('hex')).toMatch(/^0020/)
  }),
  'lockup-other-key': lockedUp((swap, { hex, script }) => {
    expect(() => findOutput(swap, hex)).toThrow('does not pay')
    expect(Buffer.from(script).toString('hex')).toBe(`5120${swap.told.refundPublicKey.slice(2)}`)
  }),
  'lockup-two-outputs': lockedUp((swap, lockup) =>
    expect(payments(swap, lockup)).toEqual([49_596n, 49_596n]),
  ),
  'lockup-unpublished': lockedUp((_swap, lockup, world) => {
    expect(stateOf(world, lockup)).toBe('gone')
    expect(world.server.swaps()[0]!.status).toBe('transaction.mempool')
  }),
  'lockup-low-fee': lockedUp(async (_swap, lockup, world) => {
    await world.mine(6)
    expect(stateOf(world, lockup)).toBe('waiting')
  }),
  'lockup-replaced': lockedUp(async (_swap, lockup, world) => {
    await world.mine(2)
    expect(stateOf(world, lockup)).toBe('gone')
    const [input] = Transaction.fromHex(lockup.hex).ins
    const coin = `${Buffer.from(input!.hash).reverse().toString('hex')}:${input!.index}`
    expect(world.network.findSpending(coin)?.blockHeight).toBeDefined()
  }),
  'lockup-evicted': lockedUp(async (_swap, lockup, world) => {
    await world.mine(2)
    expect(stateOf(world, lockup)).toBe('gone')
  }),
  'lockup-reorganized': lockedUp(async (_swap, lockup, world) => {
    await world.mine()
    const statuses = world.server.swaps()[0]!.history.map(({ status }) => status)
    expect(statuses).toContain('transaction.confirmed')
    expect(stateOf(world, lockup)).toBe('waiting')
    await world.mine()
    expect(stateOf(world, lockup)).toBe('confirmed')
  }),
  'lockup-reorganized-and-replaced': lockedUp(async (_swap, lockup, world) => {
    await world.mine()
    const statuses = world.server.swaps()[0]!.history.map(({ status }) => status)
    expect(statuses).toContain('transaction.confirmed')
    await world.mine(2)
    expect(stateOf(world, lockup)).toBe('gone')
  }),

  'claim-refused': claimFails(/400.*not eligible/, 'accepted'),
  'claim-unsettled': async (world) => {
    const swap = await paid(world)
    await world.mine()
    const { hex } = lockupOf(world)!
    const claim = await claimTogether(world.ask, swap, hex, await world.destination())
    expect(holdOf(world, swap)).toBe('accepted')
    await world.publish(claim)
  },
  'claim-keeps-preimage': claimFails(/^500/, 'settled'),
  'claim-silent': claimFails(/never/, 'settled'),
  'no-partial-signature': claimFails(/no partial signature/, 'settled'),
  'partial-signature-bad': claimFails(/bad partial signature/, 'settled'),
  'partial-signature-out-of-range': claimFails(/bad partial|range|expected/i, 'settled'),
  'partial-signature-other-transaction': claimFails(/bad partial signature/, 'settled'),
  'partial-signature-untweaked': claimFails(/bad partial signature/, 'settled'),
  'public-nonce-bad': claimFails(/nonce|point|contribution|expected/i, 'settled'),
  'nonce-harvest': async (world) => {
    await claimFails(/bad partial signature/, 'settled')(world)
    const [swap] = world.server.swaps()
    const [claim] = swap!.claims
    const again = await ask<{ pubNonce: string }>(
      world.ask,
      'POST',
      `/swap/reverse/${swap!.id}/claim`,
      { index: 0, transaction: claim!.transaction, pubNonce: claim!.publicNonce },
    )
    expect(again.pubNonce).toBe(swap!.harvest!.publicNonce)
    expect(swap!.claims.map(({ isNonceRepeated }) => isNonceRepeated)).toEqual([false, true])
  },
  'vanishes-after-held': async (world) => {
    const swap = await paid(world)
    await unreachable(world)
    await world.mine(3)
    expect([lockupOf(world), holdOf(world, swap)]).toEqual([undefined, 'accepted'])
  },
  'vanishes-after-lockup': async (world) => {
    await paid(world)
    await unreachable(world)
    expect(stateOf(world, lockupOf(world)!)).toBe('waiting')
  },
  'vanishes-after-reveal': async (world) => {
    await claimFails(/cut/, 'settled')(world)
    await unreachable(world)
  },

  'refund-never': async (world) => {
    const { told } = await paid(world)
    await world.mine(told.timeoutBlockHeight + 3 - world.network.blockHeight)
    expect(world.server.swaps()[0]).toMatchObject({ status: 'transaction.confirmed' })
    expect(world.server.swaps()[0]!.refund).toBeUndefined()
  },
  'invoice-never-canceled': async (world) => {
    const swap = await paid(world)
    await world.mine(swap.told.timeoutBlockHeight - world.network.blockHeight)
    await world.mine()
    expect(world.server.swaps()[0]!.status).toBe('transaction.refunded')
    expect(holdOf(world, swap)).toBe('accepted')
  },
}
