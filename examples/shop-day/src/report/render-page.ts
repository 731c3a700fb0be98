import { chart, jsonScript, section, text, wholePage } from './markup.ts'

/** The parts of the page; `title`, `verdict` and `summary` are text, the others are source. */
export interface PageParts {
  readonly title: string
  readonly verdict: string
  readonly isGood: boolean
  readonly summary: readonly (readonly [string, string])[]
  /** Time, kind and text of each line. */
  readonly timeline: readonly (readonly [string, string, string])[]
  readonly channels: readonly {
    readonly peer: string
    readonly openedBy: string
    readonly size: string
    /** Times; empty: never. */
    readonly active: string
    readonly ended: string
    readonly cost: string
    readonly note: string
    readonly isLost: boolean
  }[]
  /** JSON. */
  readonly data: string
  readonly style: string
  readonly scripts: readonly string[]
  /** Comes first: a part of its own, and what its script needs. Empty: there is none. */
  readonly first: string
}

/** A sign and what it means, never torn apart. */
function key(sign: string, means: string): string {
  return `<span class="key"><span class="mark ${sign}"></span> ${means}</span>`
}

const troubles = [key('kill', 'our process was killed'), key('outage', 'LND was away')].join('\n')

const channelKeys = [
  key('bar ours', "the keeper's"),
  key('bar others', 'opened by the peer'),
  key('bar opening', 'opening'),
  key('bar inactive', 'inactive'),
  key('bar closing', 'closing'),
  key('end', 'not opened, or closed'),
].join('\n')

/** One page that needs nothing from elsewhere. */
export function renderPage(parts: PageParts): string {
  const { title, verdict, isGood, summary, timeline, data, style, scripts } = parts
  const numbers = summary.map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`)
  const rows = timeline.map(
    ([time, kind, says]) =>
      `<tr><td>${time}</td><td class="kind ${kind}">${kind}</td><td>${text(says)}</td></tr>`,
  )
  const body = `<header>
<h1>${text(title)}</h1>
<p class="verdict ${isGood ? 'good' : 'bad'}">${text(verdict)}</p>
</header>
${parts.first}
${section('The day in numbers', '', `<dl>${numbers.join('\n')}</dl>`)}
${section(
  'Channels over the day',
  `As the shop was told of them. ${channelKeys} ${troubles}`,
  `${chart('channels')}\n${channelTable(parts.channels)}`,
)}
${section(
  'What the node can receive and send',
  `Over all active channels, after reserves and fees. ${troubles}`,
  chart('liquidity'),
)}
${section(
  'What the partners are owed',
  'Stacked: the upper edge is what is owed to all of them.',
  chart('owed'),
)}
${section(
  'Payments',
  `Each mark is one payment; the scale of the amounts is logarithmic. ${troubles}`,
  chart('payments'),
)}
${section(
  'Where each satoshi went',
  "From the customers over the partners' accounts.",
  chart('flows'),
)}
${section('What happened', '', `<table>\n${rows.join('\n')}\n</table>`)}
${jsonScript('data', data)}`
  return wholePage({ title, style, body, scripts })
}

function channelTable(rows: PageParts['channels']): string {
  const heads = ['peer', 'opened by', 'size', 'usable from', 'ended', 'opening cost', '']
  const lines = rows.map(({ peer, openedBy, size, active, ended, cost, note, isLost }) => {
    const cells = [peer, openedBy, size, active, ended, cost, note]
    return `<tr${isLost ? ' class="lost"' : ''}>${cells.map((cell) => `<td>${text(cell)}</td>`).join('')}</tr>`
  })
  return `<div class="wide"><table class="channels">
<tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr>
${lines.join('\n')}
</table></div>`
}
