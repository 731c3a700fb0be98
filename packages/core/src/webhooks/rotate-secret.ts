import type { Context } from '../context.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import { invalid } from '../errors.ts'
import { readId, readObject } from '../read-input.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { endpointView, type WebhookEndpointWithSecret } from './endpoint-view.ts'
import { newSecret, readSecret, type StoredSecret, validSecrets } from './webhook-secret.ts'

/** How a secret is changed. */
export interface RotateOptions {
  /** The secrets before sign as well for so long; 0: they are no longer secret. Default 24 hours, at most 30 days. */
  readonly keepFor?: Duration
  /** Default: a new one. */
  readonly secret?: string
}

/** Each signs every request. */
const mostSecrets = 5

/** A new secret signs from now on, those before with it for a while. Throws `webhook.not-found`. */
export async function rotateSecret(
  context: Context,
  id: string,
  options: RotateOptions = {},
): Promise<WebhookEndpointWithSecret> {
  readId(id, 'id')
  readObject(options, 'options', ['keepFor', 'secret'])
  const { keepFor = '24h' } = options
  const keep = 1000 * readDuration(keepFor, 'keepFor', { minimum: 0, maximum: 30 * 86_400 })
  const secret =
    options.secret === undefined ? newSecret(context.random) : readSecret(options.secret, 'secret')
  const row = await changeEndpoint(context, id, (found) => {
    const now = context.clock.now()
    const before = validSecrets(found.secrets, now)
    if (before[0]?.secret === secret) return undefined
    const kept = before
      .filter((other) => keep > 0 && other.secret !== secret)
      .map((other) => ({ ...other, expiresAt: Math.min(other.expiresAt ?? Infinity, now + keep) }))
    if (kept.length >= mostSecrets)
      throw invalid('keepFor', 'too-many', `${mostSecrets} secrets sign already`)
    const fresh: StoredSecret = { secret, createdAt: now, expiresAt: null }
    return { set: { secrets: [fresh, ...kept] } }
  })
  return { ...endpointView(row), secret }
}
