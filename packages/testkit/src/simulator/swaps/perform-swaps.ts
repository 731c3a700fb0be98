import { ask } from '../ask-host.ts'
import { addressOf } from '../outside-address.ts'
import type { Trade } from '../plan-trades.ts'
import type { World } from '../world.ts'

type SwapTrade = Extract<Trade, { readonly do: 'swap' }>
type PayoutTrade = Extract<Trade, { readonly do: 'swap-payout' }>

/** The operator swaps, and lets the claim cost more later. */
export async function requestSwap(world: World, trade: SwapTrade): Promise<void> {
  const { name, amountSat, isWithdrawal, urgency, provider, raisedAfter } = trade
  const destination = isWithdrawal ? addressOf(world, name) : undefined
  if (destination !== undefined) world.records.withdrawals.set(name, destination)
  const names = world.market?.providers.map((one) => one.name) ?? []
  // A daemon pays to addresses of simulated wallets only.
  const wanted = isWithdrawal && world.daemon ? names : undefined
  const only = provider === undefined ? wanted : names.slice(provider, provider + 1)
  const answer = await ask(world, name, (node) =>
    node.swaps.request(
      {
        amount: `${amountSat} sat`,
        urgency,
        ...(destination !== undefined && { destination }),
        ...(only !== undefined && { providers: only }),
      },
      { idempotencyKey: name },
    ),
  )
  if (!('value' in answer) || raisedAfter === undefined) return
  await world.clock.sleep(raisedAfter)
  for (const { id } of answer.value) {
    await ask(world, `raise limits of ${id}`, async (node) => {
      const { limits } = await node.swaps.get(id)
      const claimSat = (limits.claim?.msat ?? 0n) / 1000n + BigInt(trade.raisedBySat ?? 0)
      return node.swaps.raiseLimits(id, { claim: `${claimSat} sat` })
    })
  }
}

/** A payout on chain, which a swap's claim is to pay; its host may want it back meanwhile. */
export async function payThroughSwap(world: World, trade: PayoutTrade): Promise<void> {
  const { name, partner, amountSat, beyondSat, swapAfter, isAskedTwice } = trade
  const destination = addressOf(world, name)
  world.records.addresses.set(destination, BigInt(amountSat))
  const answer = await ask(world, `pay out ${name}`, (node) =>
    node.payouts.request(
      { partner, destination, amount: `${amountSat} sat`, ceiling: 2 },
      { idempotencyKey: name },
    ),
  )
  if (!('value' in answer)) return
  const payout = answer.value.id
  const later = async (after: number | undefined, verb: 'cancel' | 'release'): Promise<void> => {
    if (after === undefined) return
    await world.clock.sleep(after)
    await ask(world, `${verb} ${name}`, (node) => node.payouts[verb](payout))
  }
  const swap = async (key: string): Promise<void> => {
    await world.clock.sleep(swapAfter)
    const amount = `${amountSat + beyondSat} sat` as const
    await ask(world, key, (node) => node.swaps.request({ amount, payout }, { idempotencyKey: key }))
  }
  await Promise.all([
    swap(`${name}-swap`),
    ...(isAskedTwice ? [swap(`${name}-again`)] : []),
    later(trade.canceledAfter, 'cancel'),
    later(trade.releasedAfter, 'release'),
  ])
}

/** Whoever was caught at cheating is asked again, as operators do. */
export async function trustProviders(world: World): Promise<void> {
  for (const { name } of [
    ...(world.market?.providers ?? []),
    ...(world.daemon ? [world.daemon] : []),
  ])
    await ask(world, `trust ${name}`, (node) => node.swaps.enableProvider(name))
}

/** The autopilot may use these channels. */
export async function adoptChannels(world: World): Promise<void> {
  for (const point of [world.channels.hub, world.channels.hostile])
    await ask(world, `adopt ${point}`, (node) => node.channels.adopt(point, 'ours'))
}

/** It is paused for a while. */
export async function pauseAutopilot(world: World, milliseconds: number): Promise<void> {
  const paused = await ask(world, 'pause the autopilot', (node) => node.liquidity.pause('a look'))
  if ('refused' in paused) return
  await world.clock.sleep(milliseconds)
  await ask(world, 'resume the autopilot', (node) => node.liquidity.resume('enough'))
}
