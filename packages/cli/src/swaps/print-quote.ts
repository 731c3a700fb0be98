import { parseAmount } from '@payment-node/core'
import { drawTable } from '../terminal/draw-table.ts'
import { exactSat, wholeSat } from '../terminal/format-sat.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import type { QuoteReport } from './report-swaps.ts'

/** One line per provider: what the amount costs there, all in, and whether it would be taken. */
export function printQuote({ colors, print }: Terminal, { amount, offers }: QuoteReport): void {
  print(colors.bold(`What it costs to swap ${exactSat(parseAmount(amount))} (sat)`))
  if (offers.length === 0) {
    print(colors.yellow('  No provider is configured (swaps).'))
    return
  }
  const rows = offers.map(({ provider, price, isAcceptable, reason }) => [
    `  ${plain(provider)}`,
    ...(price
      ? [price.service, price.claim, price.routing, price.total].map(wholeSat)
      : ['', '', '', '']),
    price ? `${price.ppm.toLocaleString('en-US')}` : '',
    price ? wholeSat(price.worst) : '',
    isAcceptable ? 'acceptable' : plain(reason ?? ''),
  ])
  const right = { align: 'right' } as const
  const titles = [
    { title: '  provider' },
    { title: 'service', ...right },
    { title: 'claim', ...right },
    { title: 'routing', ...right },
    { title: 'total', ...right },
    { title: 'ppm', ...right },
    { title: 'worst', ...right },
    { title: '' },
  ]
  for (const line of drawTable(titles, rows, colors.dim)) print(line)
}
