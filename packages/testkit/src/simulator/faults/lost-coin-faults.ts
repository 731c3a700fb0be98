import { ask } from '../ask-host.ts'
import { paysOnchain } from '../features.ts'
import type { MirrorRow } from '../mirror-books.ts'
import { codeOf, type World } from '../world.ts'
import { pick, someTime } from './choose.ts'
import type { Fault, FaultKind } from './fault.ts'

/** sat: larger than every other coin of the wallet, so that it is taken first. */
const coinSat = 5_000_000n
/** Deeper than this no reorganization goes. */
const deepest = 6

/** What brought a coin of a transaction is gone, and the operator decides. */
export const lostCoinFaults: readonly FaultKind[] = [
  {
    name: 'coin-lost',
    says: 'A reorganization takes away what brought a coin of a published transaction; the operator gives its payouts up, and it may come back.',
    plan: (random, frame) =>
      paysOnchain(frame.features)
        ? {
            trigger: someTime(random, frame),
            parameters: {
              decides: random.integer(4) > 0,
              // Milliseconds; 0: never, or only when the faults end.
              backAfter: pick(random, [0, 0, 1000, 60_000, 200_000]),
              comesBack: random.integer(3) > 0,
            },
          }
        : undefined,
    strike(world, fault) {
      void lose(world, fault)
      return undefined
    },
  },
]

async function lose(world: World, fault: Fault): Promise<void> {
  const { decides, backAfter, comesBack } = fault.parameters as {
    decides: boolean
    backAfter: number
    comesBack: boolean
  }
  const { island } = world.peers
  island.fund(4n * coinSat)
  world.network.mine()
  while (!world.isHealing && !world.violation) {
    await world.clock.sleep(1000)
    const isWanted = [...world.books.table('payouts').values()].some(
      ({ state }) => state === 'queued',
    )
    const address = isWanted ? await newAddress(world) : undefined
    if (address === undefined) continue
    const coin = await send(world, address)
    if (coin === undefined) continue
    const spending = await findSpending(world, coin)
    const depth = world.network.outputsTo(address)[0]?.confirmations ?? 0
    if (!spending || depth < 1 || depth > deepest || world.isHealing) continue
    // Who sent it does not publish it again.
    island.setSynced(false)
    world.records.coinLost = true
    world.network.reorganize(depth)
    const isWaiting = world.network.waitingTransactions.some(({ id }) => id === coin)
    if (isWaiting) world.network.evict(coin)
    world.happened(fault)
    const bringBack = (): void => island.setSynced(true)
    if (comesBack || !decides) {
      world.onHeal(bringBack)
      if (backAfter > 0) void world.clock.sleep(backAfter).then(bringBack)
    }
    if (decides) await decide(world, spending)
    return
  }
}

async function newAddress({ shop, trace }: World): Promise<string | undefined> {
  try {
    return await shop.lightning.onchain?.newAddress('taproot')
  } catch (error) {
    trace.write(`no address: ${codeOf(error)}`)
    return undefined
  }
}

/** Somebody sends the wallet a large coin, which is in the next block. Answers its transaction. */
async function send(world: World, address: string): Promise<string | undefined> {
  const { funding, onchain } = world.peers.island.lightning
  try {
    const funded = await funding!.fund({
      outputs: { [address]: coinSat },
      satPerVbyte: 500,
      lockId: new Uint8Array(32).fill(7),
      lockSeconds: 600,
      minimumConfirmations: 1,
    })
    const { rawTransaction } = await funding!.sign(funded.psbt)
    await onchain!.publish(rawTransaction, '')
  } catch (error) {
    world.trace.write(`nobody sends a coin: ${codeOf(error)}`)
    return undefined
  }
  world.network.mine()
  return world.network.outputsTo(address)[0]?.transactionId
}

/** Waits until a published transaction of ours spends it, as long as that can be undone. */
async function findSpending(world: World, coin: string): Promise<string | undefined> {
  const height = world.network.blockHeight
  while (world.network.blockHeight - height < deepest - 1 && !world.isHealing) {
    for (const row of world.books.table('transactions').values()) {
      const isPublished = row.state === 'published' || row.state === 'confirmed'
      if (isPublished && row.purpose === 'payouts' && spends(row, coin)) return row.id as string
    }
    if (world.violation) return undefined
    await world.clock.sleep(500)
  }
  return undefined
}

function spends({ inputs }: MirrorRow, coin: string): boolean {
  return ((inputs ?? []) as readonly string[]).some((outpoint) => outpoint.startsWith(`${coin}:`))
}

/** The operator insists, again and again, until each payout of the transaction has ended one way or the other. */
async function decide(world: World, transaction: string): Promise<void> {
  while (!world.violation) {
    const living = [...world.books.table('payouts').values()].filter(
      (row) => row.transaction === transaction && row.state === 'sending',
    )
    if (living.length === 0) return
    for (const { id } of living) {
      await ask(world, `give up ${id}`, (node) =>
        node.payouts.resolve(id as string, 'failed', {
          by: 'operator',
          note: 'its coin is gone',
          insist: true,
        }),
      )
    }
    await world.clock.sleep(15_000)
  }
}
