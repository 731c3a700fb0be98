import { inSat } from '../clock-face.ts'
import type { Day } from '../simulated-day.ts'

/** The shop opens; customers pay directly, over a hub, over two channels at once, what they like, and too much. */
export async function customersPay(day: Day): Promise<void> {
  await day.passUntil('08:00')
  for (const id of ['bakery', 'farm', 'bikes']) await day.shop.upsertPartner({ id })
  await day.tell('shop', 'opens for the bakery, the farm and the bikes')

  await day.passUntil('08:10')
  await day.collect('anna', await day.sell('bakery', 25_000))
  await day.tell('paid', 'bakery 25,000 sat by Anna, who has a channel with the shop')

  await day.passUntil('08:25')
  const overHub = await day.collect('ben', await day.sell('farm', 140_000))
  await day.tell(
    'paid',
    `farm 140,000 sat by Ben over a hub (${inSat(overHub.feeMsat)} for routing)`,
  )

  await day.passUntil('08:40')
  const chosen = await day.collect('carla', await day.sell('bakery'), 7_777)
  await day.tell(
    'paid',
    `bakery ${inSat(chosen.amountMsat)} by Carla: an invoice without an amount`,
  )

  await day.passUntil('09:30', 10)
  const split = await day.collect('carla', await day.sell('bikes', 4_000_000))
  const channels = new Set(split.htlcs.map(({ firstChannelId }) => firstChannelId)).size
  await day.tell('paid', `bikes 4,000,000 sat by Carla, split over ${channels} channels`)

  await day.passUntil('09:50')
  const more = await day.collect('ben', await day.sell('farm', 30_000), 33_000)
  await day.tell(
    'paid',
    `farm 30,000 sat asked, ${inSat(more.amountMsat)} paid by Ben: all credited`,
  )
}
