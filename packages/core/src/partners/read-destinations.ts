import type { Context, Identity } from '../context.ts'
import type { PartnerDestinationKind } from '../domain/partner-destination.ts'
import { partnerDestinations } from '../tables/partners.ts'
import type { RowOf } from '../tables/table.ts'

const page = 1000

/** All changes of a destination, oldest first. */
export async function readDestinations(
  context: Context,
  identity: Identity,
  partner: string,
  kind: PartnerDestinationKind,
): Promise<readonly RowOf<typeof partnerDestinations>[]> {
  const found: RowOf<typeof partnerDestinations>[] = []
  let after: number[] | undefined
  for (;;) {
    const rows = await context.storage.find(partnerDestinations, {
      index: 'key',
      equals: [identity.publicKey, partner, kind],
      limit: page,
      ...(after && { after }),
    })
    found.push(...rows)
    if (rows.length < page) return found
    after = [rows.at(-1)!.version]
  }
}
