import { type Context, identityOf, rowBase } from '../context.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import { invalid } from '../errors.ts'
import { expiryRange } from '../options.ts'
import { type Metadata, readId, readMetadata, readObject, readText } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { balances } from '../tables/ledger.ts'
import { partners } from '../tables/partners.ts'
import { type Fields, insert, update } from '../tables/table.ts'
import { getPartner } from './get-partner.ts'
import type { Partner } from './partner-view.ts'

/** What to set of a partner; what is left out stays as it is; an expiry of null returns to the default. */
export interface PartnerInput {
  /** The host's own id, 1 to 255 printable ASCII characters. */
  readonly id: string
  /** For people, at most 255 bytes. */
  readonly name?: string
  /** The host's own labels, all of them. */
  readonly metadata?: Metadata
  /** When an invoice says no expiry. 1 minute to 1 year. */
  readonly defaultExpiry?: Duration | null
  /** Longer expiries are refused. 1 minute to 1 year. */
  readonly maximumExpiry?: Duration | null
}

/**
 * Creates a partner or changes what is given; its balance stays. Safe to repeat, also at every start.
 * Throws `input.invalid`, `node.unavailable` before LND was ever reached.
 */
export async function upsertPartner(context: Context, input: PartnerInput): Promise<Partner> {
  readObject(input, 'partner', ['id', 'name', 'metadata', 'defaultExpiry', 'maximumExpiry'])
  const id = readId(input.id, 'id')
  const given = readGiven(context, input)
  const identity = identityOf(context)
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await context.storage.get(partners, [identity.publicKey, id])
    const settings = {
      name: row?.name ?? null,
      metadata: row?.metadata ?? {},
      default_expiry: row?.default_expiry ?? null,
      maximum_expiry: row?.maximum_expiry ?? null,
      has_automatic_payouts: row?.has_automatic_payouts ?? null,
      minimum_payout_msat: row?.minimum_payout_msat ?? null,
      fees_paid_by: row?.fees_paid_by ?? null,
      fee_ppm: row?.fee_ppm ?? null,
      fee_fixed_msat: row?.fee_fixed_msat ?? null,
      cap_per_payout_msat: row?.cap_per_payout_msat ?? null,
      cap_per_day_msat: row?.cap_per_day_msat ?? null,
      available_after: row?.available_after ?? null,
      ...given,
    }
    const { default_expiry: usual, maximum_expiry: longest } = settings
    if (usual !== null && longest !== null && usual > longest) {
      throw invalid('defaultExpiry', 'above-maximum', 'is longer than maximumExpiry')
    }
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

/** The columns that the call names. */
function readGiven(
  context: Context,
  { name, metadata, defaultExpiry, maximumExpiry }: PartnerInput,
): Partial<Fields<typeof partners>> {
  const ceiling = { ...expiryRange, maximum: context.settings.maximumExpirySeconds }
  const expiry = (value: Duration | null, field: string): number | null =>
    value === null ? null : readDuration(value, field, ceiling)
  return {
    ...(name !== undefined && { name: readText(name, 'name', { maximum: 255 }) }),
    ...(metadata !== undefined && { metadata: readMetadata(metadata, 'metadata') }),
    ...(defaultExpiry !== undefined && { default_expiry: expiry(defaultExpiry, 'defaultExpiry') }),
    ...(maximumExpiry !== undefined && { maximum_expiry: expiry(maximumExpiry, 'maximumExpiry') }),
  }
}
