import { PaymentNodeError } from '@payment-node/core'
import { type ApiKeyStore, defineRoute, type Route, type Scope } from '@payment-node/http-api'
import type { Sandbox, SandboxFault } from '@payment-node/testkit'
import { z } from 'zod'
import { invalidInput } from './invalid-input.ts'

/** A month: a year of heartbeats would take minutes. */
const longestAdvance = 31 * 86_400

const bill = z.strictObject({ paymentRequest: z.string(), paymentHash: z.string() })
const done = z.strictObject({ done: z.literal(true) })
const faults = z.strictObject({ faults: z.record(z.string(), z.string()) })

/** What only a sandbox can: other people's wallets, time, blocks and trouble. */
export function sandboxRoutes(sandbox: Sandbox, keys: ApiKeyStore): readonly Route[] {
  const { payee } = sandbox
  const route = { access: 'operator', room: 'sandbox' } as const
  const hold = (verb: 'settle' | 'cancel', summary: string): Route =>
    defineRoute({
      ...route,
      method: 'post',
      path: `/sandbox/bills/{paymentHash}/${verb}`,
      summary,
      parameters: z.object({ paymentHash: z.string() }),
      answer: done,
      handle({ parameters: { paymentHash } }) {
        attempt('paymentHash', () =>
          verb === 'settle' ? payee.settleHold(paymentHash) : payee.cancelHold(paymentHash),
        )
        return { done: true }
      },
    })
  return [
    defineRoute({
      ...route,
      method: 'post',
      path: '/sandbox/pay',
      summary: 'A customer pays an invoice; answers when the payment has ended',
      body: z.strictObject({ paymentRequest: z.string(), amount: z.string().optional() }),
      answer: z.looseObject({ state: z.enum(['succeeded', 'failed']) }),
      handle: ({ body }) => pay(sandbox, body.paymentRequest, body.amount),
    }),
    defineRoute({
      ...route,
      method: 'post',
      path: '/sandbox/bills',
      summary: "An invoice of somebody else, for a payout; held: its payment hangs until 'settle'",
      body: z.strictObject({ amount: z.string().nullable(), isHeld: z.boolean().optional() }),
      status: 201,
      answer: bill,
      handle: ({ body }) => sandbox.bill(body.amount, { isHeld: body.isHeld ?? false }),
    }),
    defineRoute({
      ...route,
      method: 'post',
      path: '/sandbox/addresses',
      summary: 'An address of somebody else, for a payout on chain; blocks confirm it',
      status: 201,
      answer: z.strictObject({ address: z.string() }),
      handle: async () => ({ address: await sandbox.address() }),
    }),
    hold('settle', 'The payee takes a held payment'),
    hold('cancel', 'The payee sends a held payment back'),
    defineRoute({
      ...route,
      method: 'post',
      path: '/sandbox/advance',
      summary: 'Time passes at once, with everything that falls due in it',
      body: z.strictObject({ seconds: z.number() }),
      answer: z.strictObject({ now: z.number() }),
      async handle({ body: { seconds } }) {
        if (!(seconds > 0 && seconds <= longestAdvance)) {
          throw invalidInput('seconds', 'out-of-range', `more than 0, at most ${longestAdvance}`)
        }
        await sandbox.advance(seconds * 1000)
        return { now: sandbox.clock.now() }
      },
    }),
    defineRoute({
      ...route,
      method: 'post',
      path: '/sandbox/mine',
      summary: 'Blocks are found',
      body: z.strictObject({ blocks: z.number().int() }),
      answer: z.strictObject({ blockHeight: z.number() }),
      handle({ body: { blocks } }) {
        if (blocks < 1 || blocks > 1000) throw invalidInput('blocks', 'out-of-range', '1 to 1000')
        sandbox.mine(blocks)
        return { blockHeight: sandbox.network.blockHeight }
      },
    }),
    defineRoute({
      ...route,
      method: 'get',
      path: '/sandbox/faults',
      summary: 'What can go wrong',
      answer: faults,
      handle: () => ({ faults: sandbox.faults.list }),
    }),
    defineRoute({
      ...route,
      method: 'post',
      path: '/sandbox/faults',
      summary: 'Something goes wrong',
      body: z.strictObject({ fault: z.string() }),
      answer: done,
      handle({ body: { fault } }) {
        attempt('fault', () => sandbox.faults.strike(fault as SandboxFault))
        return { done: true }
      },
    }),
    defineRoute({
      ...route,
      method: 'delete',
      path: '/sandbox/faults',
      summary: 'Everything is put right',
      answer: done,
      handle() {
        sandbox.faults.clear()
        return { done: true }
      },
    }),
    defineRoute({
      ...route,
      method: 'post',
      path: '/sandbox/keys',
      summary: "Another key of the API, e.g. for the scope 'partner:bakery'",
      body: z.strictObject({ scope: z.string() }),
      status: 201,
      answer: z.strictObject({ id: z.string(), scope: z.string(), text: z.string() }),
      async handle({ body: { scope } }) {
        const { key, text } = await keys.create({ scope: scope as Scope }).catch((error) => {
          throw error instanceof RangeError
            ? invalidInput('scope', 'malformed', error.message)
            : error
        })
        return { id: key.id, scope: key.scope, text }
      },
    }),
  ]
}

/** What a wallet does not even try is a payment that failed, for whoever tests a shop. */
async function pay(sandbox: Sandbox, paymentRequest: string, amount?: string): Promise<unknown> {
  try {
    return await sandbox.pay(paymentRequest, amount)
  } catch (error) {
    const isRefused =
      PaymentNodeError.is(error, 'node.refused') ||
      PaymentNodeError.is(error, 'node.payment-exists')
    if (isRefused) return { state: 'failed', failure: error.message }
    throw error
  }
}

function attempt(field: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw invalidInput(field, 'refused', error instanceof Error ? error.message : String(error))
  }
}
