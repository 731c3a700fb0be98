import { type Context, type Identity, identityOf, rowBase } from '../context.ts'
import { invalid } from '../errors.ts'
import { noteAutomaticPartner } from '../payouts/unscheduled-partners.ts'
import { readId } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { balances } from '../tables/ledger.ts'
import { partners } from '../tables/partners.ts'
import { insert, type RowOf, update } from '../tables/table.ts'
import { changeDestinations, type WantedDestinations } from './change-destinations.ts'
import { getPartner } from './get-partner.ts'
import type { Partner } from './partner-view.ts'
import { readPartnerDestination } from './read-partner-destination.ts'
import { type PartnerInput, readPartnerInput } from './read-partner-input.ts'

/**
 * Creates a partner or changes what is given; its balance stays. Safe to repeat, also at every start.
 * Throws `input.invalid`, `payout.destination-unsupported`, `payout.destination-invalid`,
 * `node.unavailable` before LND was ever reached.
 */
export async function upsertPartner(context: Context, input: PartnerInput): Promise<Partner> {
  const given = readPartnerInput(context, input)
  const id = readId(input.id, 'id')
  const identity = identityOf(context)
  const wanted = readWanted(input, identity)
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await context.storage.get(partners, [identity.publicKey, id])
    const settings = { ...settingsOf(row), ...given }
    const { default_expiry: usual, maximum_expiry: longest } = settings
    if (usual !== null && longest !== null && usual > longest) {
      throw invalid('defaultExpiry', 'above-maximum', 'is longer than maximumExpiry')
    }
    const now = context.clock.now()
    const changed = await changeDestinations(context, identity, id, wanted)
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
          ...['partner', 'pending', 'reserved', 'debt'].map((kind) =>
            insert(balances, { ...rowBase(identity), account: `${kind}/${id}`, amount_msat: 0n }),
          ),
        ]
    const change = { writes: [...writes, ...changed.writes], events: changed.events }
    // A lost reply needs no recognition: the next round reads what is there and writes the same settings again.
    const refused = await record(context, change, async () => false)
    if (!refused) {
      const isAutomatic = settings.has_automatic_payouts === true
      if (isAutomatic !== (row?.has_automatic_payouts === true))
        await noteAutomaticPartner(context, isAutomatic)
      return getPartner(context, id)
    }
  }
  throw tooContended(`partners.upsert ${id}`)
}

/** What a partner is set to; of a new one, and of one of older books, nothing yet. */
function settingsOf(row: RowOf<typeof partners> | undefined) {
  return {
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
  }
}

function readWanted({ payout }: PartnerInput, { network }: Identity): WantedDestinations {
  const wanted: WantedDestinations = {}
  for (const kind of ['offchain', 'onchain'] as const) {
    const value = payout?.[kind]
    if (value !== undefined)
      wanted[kind] = value === null ? null : readPartnerDestination(value, kind, network)
  }
  return wanted
}
