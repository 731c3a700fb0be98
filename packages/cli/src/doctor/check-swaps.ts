import {
  type ChainWatch,
  type Diagnosis,
  PaymentNodeError,
  type PaymentNodeOptions,
  systemClock,
} from '@payment-node/core'
import { failed, failedBy, ok } from './check.ts'

/** An output script that nothing is ever watched for: LND says at once that it does not watch it. */
const unwatchable = '6a'
/** Milliseconds after which a node that says nothing is taken to watch. */
const usualPatience = 2_000

/** With providers whose swaps the library claims itself: whether the node lets it watch their lockups. */
export async function checkSwaps(
  { lightning, swaps = [] }: PaymentNodeOptions,
  patience: number = usualPatience,
): Promise<readonly Diagnosis[]> {
  if (!swaps.some(({ custody }) => custody === 'self')) return []
  const { chain } = lightning
  if (!chain) {
    return [
      failed(
        'swaps',
        'The node cannot watch lockups of swaps.',
        'Use an adapter with `chain`, or leave these providers of swaps out.',
      ),
    ]
  }
  const denial = await findDenial(chain, patience)
  if (denial === undefined) return [ok('swaps', 'The node lets lockups of swaps be watched.')]
  const advice = 'Bake a macaroon with the role swaps, too: payment-node macaroons --help'
  return [{ ...failedBy('swaps', denial, advice), advice }]
}

async function findDenial(chain: ChainWatch, patience: number): Promise<unknown> {
  const ending = new AbortController()
  const { signal } = ending
  const outpoint = `${'00'.repeat(31)}01:0`
  const where = { script: unwatchable, fromHeight: 1 }
  const probes = [
    chain.watchConfirmation({ ...where, confirmations: 1 }, signal),
    chain.watchSpend({ ...where, outpoint }, signal),
  ]
  const late = systemClock.sleep(patience, signal)
  const answers = probes.map((probe) =>
    Promise.race([probe[Symbol.asyncIterator]().next(), late]).then(
      () => undefined,
      (error: unknown) => error,
    ),
  )
  const found = await Promise.all(answers)
  ending.abort()
  return found.find((error) => error !== undefined && !isRefusal(error))
}

/** It was looked at, so it was allowed. */
function isRefusal(error: unknown): boolean {
  return PaymentNodeError.is(error, 'node.refused') || PaymentNodeError.is(error, 'input.invalid')
}
