import { createSeededRandom } from '../network/seeded-random.ts'
import { ask } from './ask-host.ts'
import type { GivenSecret } from './invariants/invariant.ts'
import { openAccount } from './lnurl-server.ts'
import { addressOf } from './outside-address.ts'
import { payQuietly } from './pay-quietly.ts'
import type { Trade } from './plan-trades.ts'
import { givenUpAtOnce, giveUpStuck, requestDaemonSwap } from './swaps/perform-daemon-swaps.ts'
import {
  adoptChannels,
  pauseAutopilot,
  payThroughSwap,
  requestSwap,
  trustProviders,
} from './swaps/perform-swaps.ts'
import { openReceiver } from './webhook-receiver.ts'
import type { World } from './world.ts'

type Doing<T extends Trade['do']> = Extract<Trade, { readonly do: T }>

/** Milliseconds between two looks. */
const look = 2000

/** The host, its operator and the weather: everything beside invoices and payouts of invoices. */
export async function performTrade(world: World, trade: Trade): Promise<void> {
  switch (trade.do) {
    case 'partner':
      await ask(world, `settings of ${trade.settings.id}`, (node) =>
        node.partners.upsert(trade.settings),
      )
      return
    case 'destination':
      return setDestination(world, trade)
    case 'correct':
      return correct(world, trade)
    case 'import':
      await ask(world, `import of ${trade.partner}`, (node) =>
        node.ledger.importOpening([{ partner: trade.partner, amount: `${trade.amountSat} sat` }], {
          idempotencyKey: `import-${trade.partner}`,
        }),
      )
      return
    case 'adopt':
      return adopt(world, trade)
    case 'pay-address':
      return payAddress(world, trade)
    case 'pay-onchain':
      return payOnchain(world, trade)
    case 'refund':
      return refund(world, trade)
    case 'automatic':
      await ask(world, 'automatic payouts', (node) => node.payouts.runAutomatic())
      return
    case 'endpoint':
      return createEndpoint(world, trade)
    case 'endpoint-care':
      return careForEndpoint(world, trade)
    case 'swap':
      return requestSwap(world, trade)
    case 'swap-payout':
      return payThroughSwap(world, trade)
    case 'daemon-swap':
      return requestDaemonSwap(world, trade)
    case 'give-up-stuck':
      return giveUpStuck(world, givenUpAtOnce)
    case 'trust-providers':
      return trustProviders(world)
    case 'adopt-channels':
      return adoptChannels(world)
    case 'pause-autopilot':
      return pauseAutopilot(world, trade.forMilliseconds)
    case 'feerate':
      if (!world.isHealing) world.feerate = trade.satPerVbyte
      return
    case 'mine':
      return world.network.mine(trade.blocks)
  }
}

async function setDestination(
  world: World,
  { partner, account, kind, isAutomatic, minimumSat }: Doing<'destination'>,
): Promise<void> {
  const destination =
    kind === 'offchain' ? openAccount(world, account, world.peers.payee) : addressOf(world, account)
  await ask(world, `destination of ${partner}`, (node) =>
    node.partners.upsert({
      id: partner,
      payout: { [kind]: destination, automatic: isAutomatic, minimum: `${minimumSat} sat` },
    }),
  )
}

async function correct(
  world: World,
  { name, partner, amountSat }: Doing<'correct'>,
): Promise<void> {
  await ask(world, name, (node) =>
    node.ledger.correct(
      { partner, amount: `${amountSat} sat`, reason: 'it was wrong' },
      { idempotencyKey: name },
    ),
  )
}

/** Another program makes an invoice in the same LND, somebody pays it, the host takes it over. */
async function adopt(world: World, trade: Doing<'adopt'>): Promise<void> {
  const { name, partner, amountSat, paidAfter, adoptedAfter } = trade
  if (world.shop.lifecycle !== 'running') return
  const { paymentRequest, paymentHash } = world.shop.createInvoice({
    amountMsat: BigInt(amountSat) * 1000n,
    expirySeconds: 300,
  })
  await Promise.all([
    world.clock.sleep(paidAfter).then(() => payQuietly(world, world.peers.payer, paymentRequest)),
    world.clock
      .sleep(adoptedAfter)
      .then(() =>
        ask(world, `adopt ${name}`, (node) => node.invoices.adopt({ paymentHash, partner })),
      ),
  ])
}

async function payAddress(world: World, trade: Doing<'pay-address'>): Promise<void> {
  const { name, partner, amountSat } = trade
  const destination = openAccount(world, name, world.peers[trade.payee], name)
  const amount = amountSat === 'all' ? 'all' : (`${amountSat} sat` as const)
  for (let count = 1; count <= trade.tries; count++) {
    const idempotencyKey = `${name}/${count}`
    const request = () =>
      ask(world, `pay out ${idempotencyKey}`, (node) =>
        node.payouts.request({ partner, destination, amount }, { idempotencyKey }),
      )
    const answer = await request()
    if (!('value' in answer)) return
    if ((await ending(world, answer.value.id)) !== 'failed' || world.isHealing) return
  }
}

async function payOnchain(world: World, trade: Doing<'pay-onchain'>): Promise<void> {
  const { name, partner, amountSat, quick, ceiling, deadline } = trade
  const destination = addressOf(world, name)
  world.records.addresses.set(destination, amountSat === 'all' ? null : BigInt(amountSat))
  const answer = await ask(world, `pay out ${name}`, (node) =>
    node.payouts.request(
      {
        partner,
        destination,
        amount: amountSat === 'all' ? 'all' : `${amountSat} sat`,
        ...(quick && { quick }),
        ...(ceiling !== undefined && { ceiling }),
        ...(deadline !== undefined && { deadline }),
      },
      { idempotencyKey: name },
    ),
  )
  if (!('value' in answer)) return
  const { id } = answer.value
  const later = async (after: number | undefined, verb: 'cancel' | 'release'): Promise<void> => {
    if (after === undefined) return
    await world.clock.sleep(after)
    await ask(world, `${verb} ${name}`, (node) => node.payouts[verb](id))
  }
  await Promise.all([
    ending(world, id),
    later(trade.canceledAfter, 'cancel'),
    later(trade.releasedAfter, 'release'),
  ])
}

async function refund(world: World, trade: Doing<'refund'>): Promise<void> {
  const { name, way, amountSat, allowDebt } = trade
  const invoice = [...world.books.table('invoices').values()].find(
    ({ metadata }) => (metadata as { name?: string } | null)?.name === trade.invoice,
  )
  if (!invoice) return
  const destination = refundDestination(world, trade)
  if (destination === undefined) return
  const answer = await ask(world, name, (node) =>
    node.payouts.refund(
      {
        invoice: invoice.id as string,
        destination,
        ...(amountSat !== undefined && way !== 'invoice' && { amount: `${amountSat} sat` }),
        ...(allowDebt && { allowDebt }),
      },
      { idempotencyKey: name },
    ),
  )
  if ('value' in answer) await ending(world, answer.value.id)
}

function refundDestination(
  world: World,
  { name, way, amountSat }: Doing<'refund'>,
): string | undefined {
  const { payee } = world.peers
  if (way === 'address') return openAccount(world, name, payee, name)
  if (way === 'onchain') {
    const address = addressOf(world, name)
    world.records.addresses.set(address, amountSat === undefined ? null : BigInt(amountSat))
    return address
  }
  if (payee.lifecycle !== 'running') return undefined
  const amountMsat = BigInt(amountSat ?? 1000) * 1000n
  const { paymentRequest, paymentHash } = payee.createInvoice({ amountMsat, expirySeconds: 600 })
  world.owe(name, paymentHash, payee)
  return paymentRequest
}

/** The receiver learns the new secret before the endpoint signs with it. */
async function rotate(world: World, name: string, url: string, id: string): Promise<void> {
  const given = world.records.secrets.get(url) ?? []
  // One after the other, so that the newest here is the newest there.
  if (given.at(-1)?.since === undefined) return
  const secret = secretOf(world, `${name}/${given.length}`)
  const fresh: GivenSecret = { secret }
  given.push(fresh)
  const keepSeconds = given.length % 2 === 0 ? 120 : 0
  const answer = await ask(world, `rotate ${name}`, (node) =>
    node.webhooks.rotateSecret(id, { secret, keepFor: keepSeconds }),
  )
  if (!('value' in answer)) return
  fresh.since = world.truth.now()
  for (const before of given.slice(0, -1))
    before.until = Math.min(before.until ?? Infinity, fresh.since + keepSeconds * 1000)
}

/** Waits for the end of a payout; undefined when the books have become an older copy without it. */
async function ending(world: World, id: string): Promise<string | undefined> {
  for (;;) {
    const row = world.books.row('payouts', id)
    const state = row?.state as string | undefined
    // Dated by a clock that was ahead: nobody waits for that.
    const isLater = state === 'reserved' && (row?.created_at as number) > world.truth.now()
    if (world.isHealing && isLater) return undefined
    if (state === undefined && world.records.wasRestored) return undefined
    if (state === 'succeeded' || state === 'failed' || state === 'canceled') return state
    await world.clock.sleep(look)
  }
}

async function createEndpoint(world: World, { name, partner }: Doing<'endpoint'>): Promise<void> {
  const url = openReceiver(world, name)
  const secret = secretOf(world, name)
  const given: GivenSecret = { secret }
  world.records.secrets.set(url, [given])
  const answer = await ask(world, `endpoint ${name}`, (node) =>
    node.webhooks.create({ url, secret, ...(partner !== undefined && { partner }) }),
  )
  if ('value' in answer) given.since = world.truth.now()
}

/** The host chooses the secret, so that it knows it also when an answer is lost. */
function secretOf({ seed }: World, name: string): string {
  const bytes = createSeededRandom(`webhook/${seed}/${name}`).bytes(32)
  return `whsec_${Buffer.from(bytes).toString('base64')}`
}

async function careForEndpoint(
  world: World,
  { name, care }: Doing<'endpoint-care'>,
): Promise<void> {
  const url = openReceiver(world, name)
  const endpoint = [...world.books.table('webhook_endpoints').values()].find(
    (row) => row.url === url && row.state !== 'removed',
  )
  if (!endpoint) return
  const id = endpoint.id as string
  switch (care) {
    case 'disable':
      await ask(world, `disable ${name}`, (node) => node.webhooks.disable(id))
      await world.clock.sleep(15_000)
      await ask(world, `enable ${name}`, (node) => node.webhooks.enable(id))
      return
    case 'rotate':
      return rotate(world, name, url, id)
    case 'remove': {
      const answer = await ask(world, `remove ${name}`, (node) => node.webhooks.remove(id))
      if ('value' in answer) world.records.removed.set(url, world.truth.now())
      return
    }
    case 'test':
      await ask(world, `test ${name}`, (node) => node.webhooks.sendTest(id))
      return
    case 'replay':
      await ask(world, `replay ${name}`, (node) =>
        node.webhooks.replay({ endpoint: id, failed: true }),
      )
  }
}
