import { address as readAddress } from 'bitcoinjs-lib'
import * as curve from 'tiny-secp256k1'
import { expect } from 'vitest'
import type { World } from '../simulated-world.ts'
import { type ClientSwap, claimAlone, outputOf } from '../small-client.ts'
import type { Probe, Probes } from './probe.ts'

type Decoded = Awaited<ReturnType<World['client']['lightning']['decodeInvoice']>>

const decode = (world: World, swap: ClientSwap): Promise<Decoded> =>
  world.clock.run(world.client.lightning.decodeInvoice(swap.told.invoice))

/** What the invoice of a new swap of 100,000 sat says. */
const invoice =
  (judge: (says: Decoded, swap: ClientSwap, world: World) => void): Probe =>
  async (world) => {
    const swap = await world.create()
    judge(await decode(world, swap), swap, world)
  }

/** The decoder refuses the invoice. */
const refusedInvoice =
  (reason: RegExp): Probe =>
  async (world) => {
    await expect(decode(world, await world.create())).rejects.toThrow(reason)
  }

/** What is told of a new swap. */
const told =
  (judge: (swap: ClientSwap, world: World) => void): Probe =>
  async (world) =>
    judge(await world.create(), world)

/** The honest leaves; `undefined` stands for what differs. */
function honestLeaves({ paymentHash, publicKey, told }: ClientSwap): readonly RegExp[] {
  expect(paymentHash).toHaveLength(64)
  const key = publicKey.subarray(1).toString('hex')
  return [
    new RegExp(`^82012088a914[0-9a-f]{40}8820${key}ac$`),
    new RegExp(`^20${told.refundPublicKey.slice(2)}ad0[1-3][0-9a-f]{2,6}b1$`),
  ]
}

const isHonest = ({ told }: ClientSwap, leaf: 'claimLeaf' | 'refundLeaf', is: RegExp): boolean =>
  is.test(told.swapTree[leaf]?.output ?? '')

/** The address is that of the told keys and leaves. */
const fits = (swap: ClientSwap): boolean => {
  const { version, data } = readAddress.fromBech32(swap.told.lockupAddress)
  return (
    version === 1 && Buffer.concat([Buffer.from([0x51, 32]), data]).equals(outputOf(swap).script)
  )
}

/** The server takes the lockup long before the timeout. */
const stolen: Probe = async (world) => {
  const swap = await world.create()
  await world.pay(swap)
  await world.mine()
  const [seen] = world.server.swaps()
  expect(seen!.refund?.transactionId).toBeDefined()
  await world.mine()
  const { transactionId } = seen!.refund!
  expect(world.network.findTransaction(transactionId)?.blockHeight).toBeLessThan(
    seen!.timeoutHeight,
  )
}

/** A claim of the client is no valid transaction. */
const unclaimable: Probe = async (world) => {
  const swap = await world.create()
  await world.pay(swap)
  await world.mine()
  const { hex } = world.server.swaps().at(-1)!.lockup!
  const attempt = async (): Promise<void> =>
    world.publish(claimAlone(swap, hex, await world.destination()))
  await expect(attempt()).rejects.toThrow()
}

const all =
  (...probes: readonly Probe[]): Probe =>
  async (world) => {
    for (const probe of probes) await probe(world)
  }

export const termsProbes: Probes = {
  'invoice-other-hash': async (world) => {
    const swap = await world.create()
    expect((await decode(world, swap)).paymentHash).not.toBe(swap.paymentHash)
    const before = await world.clientSat()
    await world.pay(swap)
    await world.mine()
    expect(before - (await world.clientSat())).toBe(100_000n)
    expect(world.server.swaps()[0]!.lockup).toBeUndefined()
  },
  'invoice-larger': invoice(({ amountMsat }) => expect(amountMsat).toBe(110_000_000n)),
  'invoice-smaller': invoice(({ amountMsat }) => expect(amountMsat).toBe(90_000_000n)),
  'invoice-off-by-msat': invoice(({ amountMsat }) => expect(amountMsat).toBe(100_000_001n)),
  'invoice-without-amount': invoice(({ amountMsat }) => expect(amountMsat).toBeNull()),
  'invoice-other-network': refusedInvoice(/network/),
  'invoice-expired': invoice(({ createdAt, expirySeconds }, _swap, { clock }) =>
    expect(createdAt + expirySeconds * 1000).toBeLessThan(clock.now()),
  ),
  'invoice-expires-at-once': invoice(({ expirySeconds }) => expect(expirySeconds).toBe(1)),
  'invoice-huge-cltv': invoice(({ minFinalCltv }) => expect(minFinalCltv).toBe(2016)),
  'invoice-own-node': invoice(({ destination }, _swap, { client }) =>
    expect(destination).toBe(client.publicKey),
  ),
  'invoice-reused': async (world) => {
    const first = await world.create()
    const second = await world.create()
    expect(second.told.invoice).toBe(first.told.invoice)
  },
  'invoice-damaged': refusedInvoice(/checksum/),
  'miner-fee-invoice': told(({ told }) => expect(told.minerFeeInvoice).toMatch(/^lnbcrt50u/)),

  'claim-leaf-other-hash': all(
    told((swap) => {
      expect(isHonest(swap, 'claimLeaf', honestLeaves(swap)[0]!)).toBe(true)
      expect(fits(swap)).toBe(true)
    }),
    unclaimable,
  ),
  'claim-leaf-other-key': all(
    told((swap) => {
      expect(isHonest(swap, 'claimLeaf', honestLeaves(swap)[0]!)).toBe(false)
      expect(fits(swap)).toBe(true)
    }),
    unclaimable,
  ),
  'claim-leaf-without-size': told((swap) => {
    expect(swap.told.swapTree.claimLeaf.output).toMatch(/^a914/)
    expect(fits(swap)).toBe(true)
  }),
  'claim-leaf-other-version': told((swap) => {
    expect(swap.told.swapTree.claimLeaf.version).toBe(0xc2)
    expect(fits(swap)).toBe(true)
  }),
  'refund-leaf-other-key': told((swap) => {
    expect(isHonest(swap, 'refundLeaf', honestLeaves(swap)[1]!)).toBe(false)
    expect(swap.told.swapTree.refundLeaf.output).toMatch(/b1$/)
    expect(fits(swap)).toBe(true)
  }),
  'refund-leaf-without-timeout': all(
    told((swap) => {
      expect(swap.told.swapTree.refundLeaf.output).toMatch(/^20[0-9a-f]{64}ac$/)
      expect(fits(swap)).toBe(true)
    }),
    async (world) => {
      await world.pay(await world.create())
      await world.mine(2)
      expect(world.server.swaps().at(-1)!.refund).toBeDefined()
    },
  ),
  'refund-leaf-early-timeout': async (world) => {
    const swap = await world.create()
    expect(fits(swap)).toBe(true)
    await world.pay(swap)
    await world.mine(swap.told.timeoutBlockHeight - 100 - world.network.blockHeight)
    expect(world.server.swaps()[0]!.refund).toBeDefined()
  },
  'leaves-swapped': told((swap) => {
    const [claim] = honestLeaves(swap)
    expect(isHonest(swap, 'refundLeaf', claim!)).toBe(true)
  }),
  'leaf-missing': told(({ told }) => expect(Object.keys(told.swapTree)).toEqual(['claimLeaf'])),
  'extra-leaf': all(
    told((swap) => {
      expect(Object.keys(swap.told.swapTree)).toContain('covenantClaimLeaf')
      expect(fits(swap)).toBe(false)
    }),
    async (world) => {
      await world.pay(await world.create())
      await world.mine(2)
      expect(world.server.swaps().at(-1)!.refund).toBeDefined()
    },
  ),
  'extra-leaf-hidden': all(stolen, (world) =>
    told((swap) => {
      expect(Object.keys(swap.told.swapTree)).toEqual(['claimLeaf', 'refundLeaf'])
      expect(fits(swap)).toBe(false)
    })(world),
  ),
  'refund-key-other': told((swap) => {
    expect(isHonest(swap, 'refundLeaf', honestLeaves(swap)[1]!)).toBe(false)
    expect(fits(swap)).toBe(false)
  }),
  'refund-key-is-claim-key': told(({ told, publicKey }) =>
    expect(told.refundPublicKey).toBe(publicKey.toString('hex')),
  ),
  'refund-key-not-on-curve': told(({ told }) =>
    expect(curve.isPoint(Buffer.from(told.refundPublicKey, 'hex'))).toBe(false),
  ),
  'key-order-swapped': all(
    told((swap) => expect(fits(swap)).toBe(false)),
    unclaimable,
  ),
  'key-untweaked': told((swap) => {
    const internal = outputOf(swap).internalKey.toString('hex')
    const { data } = readAddress.fromBech32(swap.told.lockupAddress)
    expect(Buffer.from(data).toString('hex')).toBe(internal)
  }),

  'address-other-tree': all(
    stolen,
    told((swap) => expect(fits(swap)).toBe(false)),
  ),
  'address-p2wsh': told(({ told }) =>
    expect(readAddress.fromBech32(told.lockupAddress).version).toBe(0),
  ),
  'address-server-key': told((swap, { server }) => {
    const { data } = readAddress.fromBech32(swap.told.lockupAddress)
    const key = server.swaps().at(-1)!.publicKey.slice(2)
    expect(Buffer.from(data).toString('hex')).toBe(key)
  }),
  'address-other-network': told(({ told }) => expect(told.lockupAddress).toMatch(/^bc1p/)),
  'address-malformed': told(({ told }) =>
    expect(() => readAddress.fromBech32(told.lockupAddress)).toThrow(),
  ),
  'timeout-near': told(({ told }, { network }) =>
    expect(told.timeoutBlockHeight - network.blockHeight).toBe(10),
  ),
  'timeout-passed': told(({ told }, { network }) =>
    expect(told.timeoutBlockHeight - network.blockHeight).toBe(-10),
  ),
  'timeout-far': told(({ told }, { network }) =>
    expect(told.timeoutBlockHeight - network.blockHeight).toBe(4032),
  ),
  'onchain-amount-less': told(({ told }) => expect(told.onchainAmount).toBe(89_272)),
  'onchain-amount-more': told(({ told }) => expect(told.onchainAmount).toBe(109_112)),
  'onchain-amount-missing': told(({ told }) => expect(told.onchainAmount).toBeUndefined()),
}
