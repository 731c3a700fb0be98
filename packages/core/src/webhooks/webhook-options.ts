import { type Duration, readDuration } from '../domain/duration.ts'
import { readInteger, readObject } from '../read-input.ts'

/** How events are sent to webhook endpoints. */
export interface WebhookOptions {
  /** How long an endpoint may take to answer. Default 15 seconds. */
  readonly timeout?: Duration
  /** An endpoint that took nothing for so long is disabled. Default 5 days. */
  readonly disableAfter?: Duration
  /** How long the log keeps a delivery that has ended; what waits is kept. Default 90 days, at least 1 day. */
  readonly keepDeliveries?: Duration
  /** Requests at once, to all endpoints. Default 100. */
  readonly maximumConcurrent?: number
  /** Requests at once to one endpoint; fewer when many endpoints have something to get. Default 16. */
  readonly maximumPerEndpoint?: number
}

/** The options with every default filled in. Durations in milliseconds. */
export interface WebhookSettings {
  readonly timeout: number
  readonly disableAfter: number
  readonly keepDeliveries: number
  readonly maximumConcurrent: number
  readonly maximumPerEndpoint: number
}

export function readWebhookOptions(value: unknown): WebhookSettings {
  const options = readObject(value === undefined ? {} : value, 'webhooks', [
    'timeout',
    'disableAfter',
    'keepDeliveries',
    'maximumConcurrent',
    'maximumPerEndpoint',
  ])
  const duration = (name: string, absent: Duration, maximum: number, minimum = 1): number => {
    const given = options[name] === undefined ? absent : options[name]
    return 1000 * readDuration(given, `webhooks.${name}`, { minimum, maximum })
  }
  const integer = (name: string, absent: number, maximum: number): number => {
    const given = options[name] === undefined ? absent : options[name]
    return readInteger(given, `webhooks.${name}`, { minimum: 1, maximum })
  }
  return {
    timeout: duration('timeout', '15s', 60),
    disableAfter: duration('disableAfter', '5d', 90 * 86_400),
    keepDeliveries: duration('keepDeliveries', '90d', 3650 * 86_400, 86_400),
    maximumConcurrent: integer('maximumConcurrent', 100, 1000),
    maximumPerEndpoint: integer('maximumPerEndpoint', 16, 100),
  }
}
