import { type Context, identityOf, rowBase } from '../context.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import { invalid } from '../errors.ts'
import { expiryRange } from '../options.ts'
import { type Metadata, readId, readMetadata, readObject, readText } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { balances } from '../tables/ledger.ts'
import { partners } from '../tables/partners.ts'
import { insert, update } from '../tables/table.ts'
import { getPartner } from './get-partner.ts'
import type { Partner } from './partner-view.ts'

/** What a partner is; every call gives the whole of it, and what is left out returns to its default. */
export interface PartnerInput {
  /** The host's own id, 1 to 255 printable ASCII characters. */
  readonly id: string
  /** For people, at most 255 bytes. */
  readonly name?: string
  /** The host's own labels. */
  readonly metadata?: Metadata
  /** When an invoice says no expiry. 1 minute to 1 year. */
  readonly defaultExpiry?: Duration
  /** Longer expiries are refused. 1 minute to 1 year. */
  readonly maximumExpiry?: Duration
}

/**
 * Creates a partner or replaces its settings; its balance stays. Safe to repeat.
 * Throws `input.invalid`, `node.unavailable` before LND was ever reached.
 */
export async function upsertPartner(context: Context, input: PartnerInput): Promise<Partner> {
  readObject(input, 'partner', ['id', 'name', 'metadata', 'defaultExpiry', 'maximumExpiry'])
  const id = readId(input.id, 'id')
  const ceiling = { ...expiryRange, maximum: context.settings.maximumExpirySeconds }
  const maximumExpiry =
    input.maximumExpiry === undefined
      ? null
      : readDuration(input.maximumExpiry, 'maximumExpiry', ceiling)
  const settings = {
    name: input.name === undefined ? null : readText(input.name, 'name', { maximum: 255 }),
    metadata: readMetadata(input.metadata, 'metadata'),
    default_expiry:
      input.defaultExpiry === undefined
        ? null
        : readDuration(input.defaultExpiry, 'defaultExpiry', ceiling),
    maximum_expiry: maximumExpiry,
  }
  if (
    settings.default_expiry !== null &&
    maximumExpiry !== null &&
    settings.default_expiry > maximumExpiry
  ) {
    throw invalid('defaultExpiry', 'above-maximum', 'is longer than maximumExpiry')
  }
  const identity = identityOf(context)
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await context.storage.get(partners, [identity.publicKey, id])
    const now = context.clock.now()
    const writes = row
      ? [update(partners, row, { ...settings, updated_at: now })]
      : [
          insert(partners, {
            ...rowBase(identity),
            id,
            ...settings,
            created_at: now,
            updated_at: now,
          }),
          // The balance rows exist from the first day, so that bounded adds never miss them.
          insert(balances, { ...rowBase(identity), account: `partner/${id}`, amount_msat: 0n }),
          insert(balances, { ...rowBase(identity), account: `reserved/${id}`, amount_msat: 0n }),
        ]
    // A lost reply needs no recognition: the next round reads what is there and writes the same settings again.
    const refused = await record(context, { writes }, async () => false)
    if (!refused) return getPartner(context, id)
  }
  throw tooContended(`partners.upsert ${id}`)
}
