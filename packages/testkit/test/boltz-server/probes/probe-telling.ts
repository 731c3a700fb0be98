import { Transaction } from 'bitcoinjs-lib'
import { expect } from 'vitest'
import type { World } from '../simulated-world.ts'
import { ask, type ClientSwap } from '../small-client.ts'
import type { Probe, Probes } from './probe.ts'

interface Update {
  readonly id: string
  readonly status: string
}

interface Line {
  readonly messages: string[]
  readonly isClosed: () => boolean
  send(message: object): void
  /** The updates since the last call. */
  updates(): readonly Update[]
}

function openLine({ server }: World): Line {
  const messages: string[] = []
  let isClosed = false
  const subscription = server.openWebSocket({
    message: (text) => messages.push(text),
    close: () => {
      isClosed = true
    },
  })
  return {
    messages,
    isClosed: () => isClosed,
    send: (message) => subscription.send(JSON.stringify(message)),
    updates: () =>
      messages
        .splice(0)
        .map((text) => JSON.parse(text) as { event: string; args: Update[] })
        .filter(({ event }) => event === 'update')
        .flatMap(({ args }) => args),
  }
}

const subscribe = (line: Line, { told }: ClientSwap): void =>
  line.send({ op: 'subscribe', channel: 'swap.update', args: [told.id] })

/** The statuses that a subscriber is told from the payment to the confirmed lockup. */
const toldUpdates =
  (judge: (updates: readonly Update[], swap: ClientSwap) => void): Probe =>
  async (world) => {
    const swap = await world.create()
    const line = openLine(world)
    subscribe(line, swap)
    line.updates()
    await world.pay(swap)
    await world.mine()
    judge(line.updates(), swap)
  }

const statuses = (updates: readonly Update[]): string[] => updates.map(({ status }) => status)

const statusOf = async (world: World, { told }: ClientSwap): Promise<string> =>
  (await ask<Update>(world.ask, 'GET', `/swap/${told.id}`)).status

/** The status of a swap that is paid for. */
const paidStatus =
  (status: string, isLockedUp: boolean): Probe =>
  async (world) => {
    const swap = await world.create()
    await world.pay(swap)
    expect(await statusOf(world, swap)).toBe(status)
    expect(world.server.swaps()[0]!.lockup !== undefined).toBe(isLockedUp)
  }

interface ToldLockup {
  readonly id: string
  readonly hex: string
  readonly timeoutBlockHeight: number
}

const toldLockup =
  (judge: (lockup: ToldLockup, swap: ClientSwap, world: World) => void): Probe =>
  async (world) => {
    const swap = await world.create()
    await world.pay(swap)
    const path = `/swap/reverse/${swap.told.id}/transaction`
    judge(await ask<ToldLockup>(world.ask, 'GET', path), swap, world)
  }

interface Restored {
  readonly preimageHash: string
  readonly metadata?: string
}

/** What is restored of a swap that was made with metadata. */
const restored =
  (judge: (found: readonly Restored[], swap: ClientSwap) => void): Probe =>
  async (world) => {
    const swap = await world.create({ metadata: 'c0ffee' })
    const body = { publicKey: swap.publicKey.toString('hex') }
    judge(await ask<Restored[]>(world.ask, 'POST', '/swap/restore', body), swap)
  }

export const tellingProbes: Probes = {
  'updates-duplicated': toldUpdates((updates) =>
    expect(statuses(updates)).toEqual([
      ...Array.from({ length: 3 }, () => 'transaction.mempool'),
      ...Array.from({ length: 3 }, () => 'transaction.confirmed'),
    ]),
  ),
  'updates-out-of-order': toldUpdates((updates) =>
    expect(statuses(updates)).toEqual(['transaction.confirmed', 'transaction.mempool']),
  ),
  'updates-skipped': toldUpdates((updates) =>
    expect(statuses(updates)).toEqual(['transaction.confirmed']),
  ),
  'updates-of-others': toldUpdates((updates, { told }) =>
    expect(updates.some(({ id }) => id !== told.id)).toBe(true),
  ),
  'status-unknown-word': paidStatus('transaction.quantum', true),
  'status-lies-confirmed': paidStatus('transaction.confirmed', false),
  'status-lies-settled': paidStatus('invoice.settled', false),
  'status-lies-failed': paidStatus('swap.expired', true),
  'status-unknown-swap': async (world) => {
    const swap = await world.create()
    await expect(statusOf(world, swap)).rejects.toThrow(/404/)
  },
  'web-socket-refused': async (world) => expect(() => openLine(world)).toThrow(),
  'web-socket-silent': async (world) => {
    const line = openLine(world)
    subscribe(line, await world.create())
    line.send({ op: 'ping' })
    expect(line.messages).toEqual([])
  },
  'web-socket-drops': async (world) => {
    const line = openLine(world)
    expect(line.isClosed()).toBe(false)
    subscribe(line, await world.create())
    expect(line.isClosed()).toBe(true)
  },
  'web-socket-garbage': async (world) => {
    const line = openLine(world)
    subscribe(line, await world.create())
    expect(() => line.updates()).toThrow()
  },

  'transaction-other-hex': toldLockup(({ id, hex }) =>
    expect(Transaction.fromHex(hex).getId()).not.toBe(id),
  ),
  'transaction-other-id': toldLockup(({ id, hex }, _swap, { server }) => {
    expect(hex).toBe(server.swaps()[0]!.lockup!.hex)
    expect(Transaction.fromHex(hex).getId()).not.toBe(id)
  }),
  'transaction-missing': async (world) => {
    await expect(toldLockup(() => {})(world)).rejects.toThrow(/404/)
  },
  'transaction-other-timeout': toldLockup(({ timeoutBlockHeight }, { told }) =>
    expect(timeoutBlockHeight).toBe(told.timeoutBlockHeight + 1000),
  ),

  'restore-lies': restored(([found], swap) =>
    expect(found!.preimageHash).not.toBe(swap.paymentHash),
  ),
  'restore-empty': restored((found) => expect(found).toEqual([])),
  'metadata-dropped': restored(([found]) => expect(found!.metadata).toBeUndefined()),
  'metadata-altered': restored(([found]) => {
    expect(found!.metadata).toMatch(/^[0-9a-f]{6}$/)
    expect(found!.metadata).not.toBe('c0ffee')
  }),
  'chain-height-lies': async (world) => {
    const { height } = await ask<{ height: number }>(world.ask, 'GET', '/chain/BTC/height')
    expect(height).toBe(world.network.blockHeight - 100)
  },
  'chain-fee-absurd': async (world) => {
    const { fee } = await ask<{ fee: number }>(world.ask, 'GET', '/chain/BTC/fee')
    expect(fee).toBe(1_000_000)
  },
  'broadcast-swallowed': async (world) => {
    const body = { hex: '00' }
    expect(await ask(world.ask, 'POST', '/chain/BTC/transaction', body)).toEqual({
      id: '0'.repeat(64),
    })
  },
}
