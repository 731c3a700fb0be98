import { writeFileSync } from 'node:fs'
import { clockFace, inSat } from '../clock-face.ts'
import type { PlayedDay } from '../finish-day.ts'
import type { PlayedShops } from '../two-shops/play-two-shops.ts'
import { channelLives } from './channel-lives.ts'
import { chartData } from './chart-data.ts'
import { pageFile } from './page-files.ts'
import { type PageParts, renderPage } from './render-page.ts'
import { twoShopsData, twoShopsSection } from './two-shops-section.ts'

const closeUp = '<h2 class="part">One day of a shop, close up</h2>'

/** Writes the day as one page that opens without a network: chart library, script and data are inside. */
export function writeReport(
  file: string,
  day: PlayedDay,
  summary: readonly (readonly [string, string])[],
  faults: readonly string[],
  shops?: PlayedShops,
): void {
  const isGood = faults.length === 0
  const page = renderPage({
    title: day.title,
    verdict: isGood ? 'Nothing lost, nothing paid twice' : `Wrong: ${faults.join('; ')}`,
    isGood,
    summary,
    timeline: day.record.lines.map(({ at, kind, text }) => [
      clockFace(at, day.isPrecise),
      kind,
      text,
    ]),
    channels: channelRows(day),
    data: JSON.stringify(chartData(day)),
    style: pageFile('style'),
    first: shops ? `${twoShopsSection()}\n${twoShopsData(shops)}\n${closeUp}` : '',
    scripts: [
      pageFile('echarts'),
      pageFile('shared'),
      ...(shops ? [pageFile('two-shops')] : []),
      pageFile('charts'),
    ],
  })
  writeFileSync(file, page)
}

function channelRows(day: PlayedDay): PageParts['channels'] {
  const face = (at: number | null): string => (at === null ? '' : clockFace(at, day.isPrecise))
  return channelLives(day).map((life) => {
    const { peer, openedBy, capacityMsat, activeAt, endedAt, endedBecause, replaced } = life
    const isFailed = activeAt === null && endedAt !== null
    const ended = isFailed ? `not opened: ${endedBecause}` : `closed: ${endedBecause}`
    const notes = [
      ...(replaced === null ? [] : [`in place of ${replaced}`]),
      ...(endedAt === null ? [] : [ended]),
    ]
    return {
      peer,
      openedBy: openedBy === 'peer' ? peer : `the ${openedBy}`,
      size: inSat(capacityMsat),
      active: face(activeAt),
      ended: face(endedAt),
      cost: life.openingMsat === null ? '' : inSat(life.openingMsat),
      note: notes.join(', '),
      isLost: endedAt !== null,
    }
  })
}
