import type { ErrorCode } from '@payment-node/core'

/**
 * Code → HTTP status. 400: the call cannot be understood. 404: there is no such thing, or not for this key.
 * 409: understood, and refused as things stand. 422: understood, and can never be done so. 501: this node
 * cannot. 502: LND refused. 503: not now. 500: the set-up of this process is wrong.
 */
const errorStatus: Readonly<Record<ErrorCode, number>> = {
  'options.invalid': 500,
  'input.invalid': 400,

  'node.unavailable': 503,
  'node.macaroon-rejected': 503,
  'node.certificate-rejected': 503,
  'node.wrong-network': 500,
  'node.version-unsupported': 500,
  'node.identity-changed': 500,
  'node.refused': 502,
  'node.unsupported': 501,
  'node.invoice-exists': 409,
  'node.invoice-malformed': 422,
  'node.invoice-not-found': 404,
  'node.invoice-settled': 409,
  'node.payment-exists': 409,
  'node.payment-not-found': 404,

  'storage.in-use': 503,
  'storage.newer-schema': 500,
  'storage.unavailable': 503,
  'storage.invalid-change': 500,

  'keys.mismatch': 500,
  'keys.missing': 500,

  'idempotency.conflict': 422,

  'partner.not-found': 404,

  'invoice.not-found': 404,
  'invoice.above-receivable': 409,
  'invoice.key-used': 409,
  'invoice.settled': 409,
  'invoice.expired': 409,
  'invoice.canceled': 409,
  'invoice.not-adoptable': 409,
  'invoice.not-settled': 409,
  'refund.above-received': 409,

  'payout.not-found': 404,
  'payout.destination-unsupported': 422,
  'payout.destination-invalid': 422,
  'payout.destination-unreachable': 502,
  'payout.hash-used': 409,
  'payout.insufficient-balance': 409,
  'payout.above-cap': 409,
  'payout.above-ceiling': 409,
  'payout.below-minimum': 422,
  'payout.not-unknown': 409,
  'payout.not-queued': 409,
  'payout.in-swap': 409,
  'payout.maybe-paid': 409,
  'payout.verdict-refused': 409,

  'ledger.insufficient-balance': 409,
  'ledger.operator-short': 409,

  'webhook.not-found': 404,
  'webhook.disabled': 409,
  'webhook.too-many': 409,
  'webhook.event-not-found': 404,
  'webhook.signature-invalid': 400,

  'http.refused': 422,
  'http.failed': 502,

  'channel.not-found': 404,
  'channel.not-open': 409,
  'channel.opening-not-found': 404,
  'channel.opening-under-way': 409,
  'channel.above-cap': 409,
  'channel.above-ceiling': 409,
  'channel.over-budget': 409,
  'channel.wallet-too-small': 409,
  'peer.blacklisted': 409,
  'peer.not-marked': 404,
  'liquidity.run-not-found': 404,
  'liquidity.not-paused': 409,
  'swap.not-found': 404,
  'swap.refused': 409,
  'swap.no-offer': 409,
  'swap.not-live': 409,
  'swap.over-budget': 409,
  'swap.above-cap': 409,
  'swap.provider-failed': 502,
  'peer-list.invalid': 500,
  'keeper.paused': 409,
  'keeper.not-paused': 409,

  'safety.halted': 503,
  'safety.not-halted': 409,

  'wait.aborted': 503,
  'events.consumer-in-use': 409,
}

/** The status of a code; one of a later core, which the table cannot have, is a refusal as things stand. */
export function statusOf(code: ErrorCode): number {
  return errorStatus[code] ?? (code.endsWith('.not-found') ? 404 : 409)
}
