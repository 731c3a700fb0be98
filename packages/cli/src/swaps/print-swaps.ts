import type { Amount, Swap, SwapProviderHealth } from '@payment-node/core'
import { drawTable } from '../terminal/draw-table.ts'
import { formatDate } from '../terminal/format-date.ts'
import { wholeSat } from '../terminal/format-sat.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import type { SwapsReport } from './report-swaps.ts'

/** The providers with their health, then one line per swap and below it its id and what it waits for. */
export function printSwaps(terminal: Terminal, { providers, swaps, says }: SwapsReport): void {
  const { colors, columns, print } = terminal
  if (providers === null || swaps === null) {
    for (const line of wrap(plain(says ?? ''), columns)) print(colors.yellow(line))
    return
  }
  print(colors.bold(providers.length === 0 ? 'No provider is configured (swaps)' : 'Providers'))
  for (const provider of providers) printProvider(terminal, provider)
  print()
  print(colors.bold(swaps.length === 0 ? 'No swaps' : 'Swaps (UTC, sat)'))
  if (swaps.length === 0) return
  const rows = swaps.map((swap) => [
    `  ${formatDate(swap.createdAt)}`,
    swap.state,
    wholeSat(swap.amount),
    costOf(swap),
    plain(swap.provider),
  ])
  const titles = [
    { title: '  when', width: 18 },
    { title: 'state', width: 17 },
    { title: 'amount', align: 'right' },
    { title: 'cost', align: 'right' },
    { title: 'provider' },
  ] as const
  const [heading = '', ...lines] = drawTable(titles, rows, colors.dim)
  print(heading)
  for (const [index, line] of lines.entries()) {
    const { id, source, reason, state } = swaps[index]!
    print(state === 'lost' || state === 'needs-operator' ? colors.red(line) : line)
    const why = reason === null ? '' : `: ${plain(reason)}`
    print(`    ${colors.dim(`${id}  ${source}${why}`)}`)
  }
}

function printProvider({ colors, print }: Terminal, health: SwapProviderHealth): void {
  const { provider, state, reason, until, completed, failed, refused } = health
  const paint = { healthy: colors.green, quarantined: colors.yellow, disabled: colors.red }[state]
  const why = reason === null ? '' : `: ${plain(reason)}`
  const end = until === null ? '' : ` until ${formatDate(until)} UTC`
  const done = `${completed} completed, ${refused} refused, ${failed} failed`
  print(`  ${plain(provider)}  ${paint(`${state}${end}${why}`)}; ${done}`)
}

/** What is known of its costs by now; empty before anything is. */
function costOf({ costs }: Swap): string {
  const known = [costs.service, costs.routing, costs.claim, costs.prepay].filter(
    (cost): cost is Amount => cost !== null,
  )
  if (known.length === 0) return ''
  const msat = known.reduce((sum, cost) => sum + cost.msat, 0n)
  // Rounded up: a cost of less than a satoshi is one.
  return ((msat + 999n) / 1000n).toLocaleString('en-US')
}
