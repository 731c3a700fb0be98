import type { PlayedShops } from '../two-shops/play-two-shops.ts'
import { chart, jsonScript, section } from './markup.ts'

/** The part of the page with the two shops; its numbers are drawn by the page's script. */
export function twoShopsSection(controls = ''): string {
  return `${section(
    'Two shops: with the library, and without',
    `The same customers, the same network, the same channels, really run twice. The one shop's LND belongs to
     the library: keeper, autopilot, payouts. The other shop sells with LND alone; its operator opens the same
     channels and pays the farm by hand in the evening, and nobody swaps.`,
    `${controls}<div id="cards"></div>`,
  )}
${section(
  'What can be received, and what was done for it',
  `Share of the shop's channels that can still receive. Click a mark, or a line of the list below, for its
   explanation by the library.`,
  `${chart('share')}\n<div id="explained"><p class="note">No mark is chosen.</p></div>
<details class="all"><summary>All marks, newest first</summary><div class="wide"><table id="story"></table></div></details>`,
)}
${section('Not sold', 'Purchases that could not be paid, summed up.', chart('lost'))}
${section(
  'Where each satoshi went',
  "By the ledger's journal: from the customers to partners and operator, and on.",
  chart('money'),
)}`
}

/** The numbers of a story that has ended, with all that its marks open. */
export function twoShopsData({ state, explanations }: PlayedShops): string {
  return [
    jsonScript('two-shops', JSON.stringify(state)),
    jsonScript('explanations', JSON.stringify(explanations)),
  ].join('\n')
}
