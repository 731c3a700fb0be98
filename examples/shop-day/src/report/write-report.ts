import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { clockFace } from '../clock-face.ts'
import type { PlayedDay } from '../finish-day.ts'
import { chartData } from './chart-data.ts'
import { renderPage } from './render-page.ts'

const require = createRequire(import.meta.url)

/** Writes the day as one page that opens without a network: chart library, script and data are inside. */
export function writeReport(
  file: string,
  day: PlayedDay,
  summary: readonly (readonly [string, string])[],
  faults: readonly string[],
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
    data: JSON.stringify(chartData(day)),
    style: readFileSync(new URL('./page.css', import.meta.url), 'utf8'),
    scripts: [
      readFileSync(require.resolve('echarts/dist/echarts.min.js'), 'utf8'),
      readFileSync(new URL('./charts.browser.js', import.meta.url), 'utf8'),
    ],
  })
  writeFileSync(file, page)
}
