import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { paint } from '../print-line.ts'
import { renderShopsPage } from '../report/render-shops-page.ts'
import { summarizeShops } from '../two-shops/summarize-shops.ts'
import { tellMarker } from '../two-shops/tell-marker.ts'
import { runLive } from './run-live.ts'
import { serveLive } from './serve-live.ts'

/** Serves the running shops until Ctrl-C, then writes the page as a file. Answers whether the books were right. */
export async function playLive(options: {
  readonly port: number
  readonly reportFile: string
  readonly output: NodeJS.WritableStream
}): Promise<boolean> {
  const { port, reportFile, output } = options
  const live = await runLive()
  // What has happened before the page opens.
  for (const marker of live.shops.record.markers) tellMarker(marker, output)
  live.shops.onMarker((marker) => tellMarker(marker, output))
  const server = await serveLive(live, port)
  output.write(
    `\nOpen ${paint(server.url, 'bold', output)}\nAn hour takes two seconds; Ctrl-C ends it.\n\n`,
  )
  try {
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), live.broken])
  } finally {
    await server.close()
  }
  output.write('\nNo customer comes any more; what is under way ends.\n')
  const played = await live.finish()
  writeFileSync(reportFile, renderShopsPage(played))
  const rows = [
    ...summarizeShops(played.state),
    ['page', reportFile],
    ['next', 'npx -y pnpm@12 demo (a day with every kind of trouble), or --regtest (real LND)'],
  ] as const
  for (const [name, value] of rows) {
    output.write(`${paint(name.padEnd(17), 'bold', output)} ${value}\n`)
  }
  for (const fault of played.faults) output.write(`${paint(`FAULT: ${fault}`, 'red', output)}\n`)
  return played.faults.length === 0
}
