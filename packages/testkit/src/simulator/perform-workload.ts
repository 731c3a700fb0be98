import type { SimulatedNode } from '../network/simulated-node.ts'
import { ask } from './ask-host.ts'
import { type Behaviour, mannersOf, type PayeeManner } from './manners.ts'
import { partners } from './partners.ts'
import { payQuietly } from './pay-quietly.ts'
import { closeChannel, openChannel, pauseKeeper } from './perform-channels.ts'
import { performTrade } from './perform-trades.ts'
import type { Action } from './plan-workload.ts'
import { resumeOutgoing } from './resume-outgoing.ts'
import { traceOf } from './trace-of.ts'
import type { World } from './world.ts'

type InvoiceAction = Extract<Action, { readonly do: 'invoice' }>
type PayoutAction = Extract<Action, { readonly do: 'payout' }>

/** Milliseconds between two looks at a held payment, and at a payout. */
const look = 2000

/** The host, the payers and the payees live through their actions. Resolves when all have ended. */
export async function performWorkload(world: World, actions: readonly Action[]): Promise<void> {
  await Promise.all([
    upsertPartners(world),
    ...actions.map(async (action) => {
      await world.until(action.at)
      await perform(world, action)
    }),
  ])
}

async function perform(world: World, action: Action): Promise<void> {
  switch (action.do) {
    case 'invoice':
      return sell(world, action)
    case 'payout':
      return payOut(world, action)
    case 'halt':
      return haltFor(world, action.forMilliseconds)
    case 'mine':
      return world.network.mine(action.blocks)
    case 'open':
      return openChannel(world, action)
    case 'close':
      return closeChannel(world, action)
    case 'pause-keeper':
      return pauseKeeper(world, action.forMilliseconds)
    default:
      return performTrade(world, action)
  }
}

async function upsertPartners(world: World): Promise<void> {
  for (const id of partners)
    await ask(world, `partner ${id}`, (node) => node.partners.upsert({ id }))
}

async function sell(world: World, action: InvoiceAction): Promise<void> {
  const { name, partner, amountSat, expirySeconds, commissionPpm } = action
  const traced = traceOf(world, name)
  const create = (prefer?: string) =>
    ask(
      world,
      `create ${name}`,
      (node) =>
        node.invoices.create(
          {
            partner,
            ...(amountSat !== null && { amount: `${amountSat} sat` }),
            expiresIn: expirySeconds,
            metadata: { name },
            ...(commissionPpm !== undefined && { commission: { ppm: commissionPpm } }),
          },
          { idempotencyKey: name, ...traced },
        ),
      prefer,
    )
  const twice = mannersOf(world).twice.get(name)
  const answers = await Promise.all(twice ? [create('a'), create('b'), create()] : [create()])
  if (twice) twice()
  const given = answers.flatMap((answer) => ('value' in answer ? [answer.value] : []))
  const [invoice] = given
  if (!invoice) return
  for (const other of given) {
    if (other.paymentHash !== invoice.paymentHash) {
      world.violate({
        invariant: 'one-invoice-per-key',
        says: 'Requests with one idempotency key get one invoice.',
        found: `${name} got ${invoice.id} and ${other.id}`,
      })
    }
  }
  world.records.givenOut.set(invoice.paymentHash, invoice.id)
  if (traced) world.records.traces.set(invoice.id, traced.traceparent)
  await Promise.all([pay(world, action, invoice.paymentRequest), cancel(world, action, invoice.id)])
}

async function pay(world: World, action: InvoiceAction, paymentRequest: string): Promise<void> {
  const manner = mannersOf(world).payers.get(action.name)
  const { payer } = world.peers
  const sat = manner?.over ?? action.paidSat ?? (action.amountSat === null ? 1000 : undefined)
  const options = sat === undefined ? {} : { amountMsat: BigInt(sat) * 1000n }
  const delays = [action.paidAfter, manner?.again, manner?.late, manner?.over && 700]
  await Promise.all(
    delays.map(async (delay, position) => {
      if (delay === undefined) return
      await world.clock.sleep(delay)
      const state = await payQuietly(world, payer, paymentRequest, options)
      if (position > 0 && state !== 'refused') manner?.done()
    }),
  )
}

async function cancel(world: World, action: InvoiceAction, id: string): Promise<void> {
  if (action.canceledAfter === undefined) return
  await world.clock.sleep(action.canceledAfter)
  await ask(world, `cancel ${action.name}`, (node) => node.invoices.cancel(id))
}

async function payOut(world: World, action: PayoutAction): Promise<void> {
  for (let count = 1; count <= action.tries; count++) {
    const end = await tryPayout(world, action, `${action.name}/${count}`)
    if (end !== 'failed' || world.isHealing) return
  }
}

/** One request with an invoice of its own; answers how it ended for the host. */
async function tryPayout(
  world: World,
  action: PayoutAction,
  key: string,
): Promise<'succeeded' | 'failed' | 'refused'> {
  const payee = world.peers[action.payee]
  const manner = mannersOf(world).payees.get(action.name)
  const billed = await bill(world, action, payee, manner)
  const { destination } = billed
  const traced = traceOf(world, action.name)
  const request = (prefer?: string, idempotencyKey = key) =>
    ask(
      world,
      `pay out ${idempotencyKey}`,
      (node) =>
        node.payouts.request(
          {
            partner: action.partner,
            destination,
            ...(action.isOpenAmount && { amount: `${action.amountSat} sat` }),
          },
          { idempotencyKey, ...traced },
        ),
      prefer,
    )
  const { twice: asked, sameInvoice, paidByOthers } = mannersOf(world)
  const others = paidByOthers.get(action.name)
  if (others) void payAsOthers(world, action, billed, others)
  const again = sameInvoice.get(action.name)
  if (again) void request(undefined, `${key}/again`).then(again)
  const twice = asked.get(action.name)
  const answers = await Promise.all(twice ? [request('a'), request('b'), request()] : [request()])
  if (twice) twice()
  const given = answers.flatMap((answer) => ('value' in answer ? [answer.value] : []))
  const [payout] = given
  if (!payout) return 'refused'
  if (traced) world.records.traces.set(payout.id, traced.traceparent)
  if (given.some(({ id }) => id !== payout.id)) {
    world.violate({
      invariant: 'one-payout-per-key',
      says: 'Requests with one idempotency key get one payout.',
      found: `${key} got ${given.map(({ id }) => id).join(' and ')}`,
    })
  }
  for (;;) {
    const row = world.books.row('payouts', payout.id)
    if (row?.state === 'succeeded' || row?.state === 'failed') return row.state
    if (row) await world.clock.sleep(look)
    else {
      // The books were replaced by an older copy that does not know it: its client asks again.
      await world.clock.sleep(look)
      if ('refused' in (await request())) return 'refused'
      const known = world.books.row('payouts', payout.id)
      if (!known) return 'refused'
    }
  }
}

/** Another program of the same LND pays the same invoice. */
async function payAsOthers(
  world: World,
  action: PayoutAction,
  { destination, paymentHash }: Bill,
  { after, done }: { readonly after: number; done(): void },
): Promise<void> {
  await world.clock.sleep(after)
  if (world.shop.lifecycle !== 'running') return
  world.records.paidByOthers.add(paymentHash)
  const paying = payQuietly(world, world.shop, destination, {
    feeLimitMsat: 5000n,
    ...(action.isOpenAmount && { amountMsat: BigInt(action.amountSat) * 1000n }),
  })
  if ((await paying) !== 'refused') done()
}

/** An invoice that a payee made. */
interface Bill {
  readonly destination: string
  readonly paymentHash: string
}

async function bill(
  world: World,
  action: PayoutAction,
  payee: SimulatedNode,
  manner: PayeeManner | undefined,
): Promise<Bill> {
  while (payee.lifecycle !== 'running') await world.clock.sleep(look)
  const terms = {
    amountMsat: action.isOpenAmount ? null : BigInt(action.amountSat) * 1000n,
    expirySeconds: action.expirySeconds,
  }
  const billed = manner ? payee.createHoldInvoice(terms) : payee.createInvoice(terms)
  world.owe(action.name, billed.paymentHash, payee)
  if (manner?.behaviour.kind === 'refuse') {
    payee.cancelHold(billed.paymentHash)
    manner.done()
  } else if (manner) {
    void hold(world, payee, billed.paymentHash, manner.behaviour, manner.done)
  }
  return { destination: billed.paymentRequest, paymentHash: billed.paymentHash }
}

/** The payee waits for the money, keeps it, and then decides; at the end of the faults at once. */
async function hold(
  world: World,
  payee: SimulatedNode,
  paymentHash: string,
  behaviour: Exclude<Behaviour, { readonly kind: 'refuse' }>,
  done: () => void,
): Promise<void> {
  const stateOf = (): string | undefined => payee.findInvoice(paymentHash)?.state
  while (stateOf() === 'open') await world.clock.sleep(look)
  if (stateOf() !== 'accepted') return
  const until = world.elapsed() + behaviour.milliseconds
  while (world.elapsed() < until && !world.isHealing) await world.clock.sleep(look)
  while (payee.lifecycle !== 'running') await world.clock.sleep(look)
  if (stateOf() !== 'accepted') return
  world.trace.write(`payee ${behaviour.kind} ${paymentHash}`)
  if (behaviour.kind === 'hold-and-take') payee.settleHold(paymentHash)
  else payee.cancelHold(paymentHash)
  done()
}

async function haltFor(world: World, milliseconds: number): Promise<void> {
  const halted = await ask(world, 'halt', (node) => node.safety.halt('the operator says so'))
  if ('refused' in halted) return
  await world.clock.sleep(milliseconds)
  await resumeOutgoing(world, 'resume', 'understood')
}
