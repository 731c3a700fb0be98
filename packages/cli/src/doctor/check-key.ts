import {
  createPaymentNode,
  type Diagnosis,
  PaymentNodeError,
  type PaymentNodeOptions,
  type Storage,
  silentLogger,
} from '@payment-node/core'
import { LeftAlone, lookOnly } from '../books/look-only-storage.ts'
import { type BoundNode, stillNode } from '../books/still-node.ts'
import { failed, failedBy, ok } from './check.ts'

/**
 * Whether `keys.invoices` can be fetched and, with `bound`, is the one that the stored invoices were
 * made with. Core itself compares, at a start that cannot write.
 */
export async function checkKey(
  options: PaymentNodeOptions,
  bound: BoundNode | undefined,
): Promise<Diagnosis> {
  const storage = lookOnly(options.storage)
  const node = createPaymentNode({
    ...(options.name !== undefined && { name: options.name }),
    role: 'api',
    lightning: stillNode(bound),
    storage: bound ? storage : leftClosed(storage),
    // Only the key is looked at: what else a start would say is other checks' to say.
    logger: silentLogger,
    keys: options.keys,
  })
  try {
    await node.start()
    await node.stop()
    return ok('key', 'keys.invoices is the key that the stored invoices were made with.')
  } catch (error) {
    if (error instanceof LeftAlone) return ok('key', 'keys.invoices can be read.')
    return failedKey(error)
  }
}

function failedKey(error: unknown): Diagnosis {
  const says = 'Look at what keys.invoices does where this command runs.'
  if (!PaymentNodeError.is(error, 'options.invalid') || error.details.reason !== 'fetch-failed') {
    return failedBy('key', error, says)
  }
  const cause = error.cause instanceof Error ? error.cause.message : String(error.cause)
  return failed('key', `The function of keys.invoices failed: ${cause}`, says)
}

/** Core fetches the key first and opens the storage then. */
function leftClosed(storage: Storage): Storage {
  return {
    ...storage,
    open: async () => {
      throw new LeftAlone('not-asked', 0, 0)
    },
  }
}
