import type { TwoShopsState } from '../two-shops/page-state.ts'
import type { PlayedShops } from '../two-shops/play-two-shops.ts'
import { type Button, buttons } from '../two-shops/press.ts'
import { jsonScript, text, wholePage } from './markup.ts'
import { pageFile } from './page-files.ts'
import { twoShopsData, twoShopsSection } from './two-shops-section.ts'

const title = 'Two shops in the simulated network'

/** The page of two shops that run: buttons act on them, `token` lets its script in. */
export function renderLivePage(state: TwoShopsState, token: string): string {
  const controls = Object.entries(buttons).map(
    ([button, says]) => `<button data-press="${button as Button}">${text(says)}</button>`,
  )
  const panel = `<div class="controls">${controls.join('\n')}<span id="clock"></span></div>
<ul id="latest"></ul>`
  const body = `<header><h1>${title}</h1></header>
${twoShopsSection(panel)}
${jsonScript('two-shops', JSON.stringify(state))}`
  return wholePage({ title, body, token, ...looks() })
}

/** The page of two shops whose story has ended. */
export function renderShopsPage(played: PlayedShops): string {
  const isGood = played.faults.length === 0
  const verdict = isGood ? 'Nothing lost' : `Wrong: ${played.faults.join('; ')}`
  const body = `<header><h1>${title}</h1>
<p class="verdict ${isGood ? 'good' : 'bad'}">${text(verdict)}</p></header>
${twoShopsSection()}
${twoShopsData(played)}`
  return wholePage({ title, body, ...looks() })
}

function looks(): { readonly style: string; readonly scripts: readonly string[] } {
  return {
    style: pageFile('style'),
    scripts: [pageFile('echarts'), pageFile('shared'), pageFile('two-shops')],
  }
}
