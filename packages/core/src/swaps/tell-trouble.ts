import type { Context } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { doubtNode } from '../safety/compared.ts'

/** Of a step that is tried again. An LND that did not answer may be another state of itself when it does. */
export function tellTrouble(context: Context, swap: string, error: unknown, says: string): void {
  const fields = { swap, error: error instanceof Error ? error.message : String(error) }
  if (PaymentNodeError.is(error, 'node.unavailable')) {
    doubtNode(context)
    context.live.checkConnection()
    context.logger.info('a swap waits for LND', fields)
  } else context.logger.error(says, fields)
}
