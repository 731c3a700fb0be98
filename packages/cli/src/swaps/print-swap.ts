import type { Amount, SwapExplanation } from '@payment-node/core'
import { drawTable } from '../terminal/draw-table.ts'
import { formatDate } from '../terminal/format-date.ts'
import { exactSat, wholeSat } from '../terminal/format-sat.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import type { SwapReport } from './report-swaps.ts'

/** The story of a swap: where it is and why, what it may cost and has cost, its claims, the other offers. */
export function printSwap(terminal: Terminal, { explanation, says }: SwapReport): void {
  const { colors, columns, print } = terminal
  if (explanation === null) {
    for (const line of wrap(plain(says ?? ''), columns)) print(colors.yellow(line))
    return
  }
  const { swap, claims, rejected } = explanation
  print(colors.bold(`Swap ${swap.id}`))
  for (const [name, text] of linesOf(explanation)) {
    const [first = '', ...rest] = wrap(plain(text), columns - 13)
    print(`  ${colors.dim(name.padEnd(9))}  ${first}`)
    for (const more of rest) print(`${' '.repeat(13)}${more}`)
  }
  print()
  printCosts(terminal, explanation)
  if (claims.length > 0) {
    print()
    print(colors.bold('Claims, oldest first; one of them can confirm'))
    for (const { transactionId, path, paysPayout, fee, feerate, confirmedHeight } of claims) {
      const where = confirmedHeight === null ? 'not confirmed' : `in block ${confirmedHeight}`
      print(`  ${transactionId}`)
      const whom = paysPayout ? ', pays the payout' : ''
      print(`    ${path}, ${exactSat(fee)} (${feerate.toFixed(1)} sat/vB)${whom}, ${where}`)
    }
  }
  if (rejected.length > 0) {
    print()
    print(colors.bold('Offers that were not taken'))
    for (const { provider, reason } of rejected) {
      print(`  ${plain(provider)}: ${plain(reason ?? 'dearer')}`)
    }
  }
}

function linesOf({ swap, says, blocksLeft }: SwapExplanation): [name: string, text: string][] {
  const { state, amount, onchain, source, decision, payout, provider, providerId } = swap
  const locked = onchain === null ? '' : `, ${exactSat(onchain)} on chain`
  const following = decision !== null ? `, decision ${decision}` : ''
  const paying = payout !== null ? `, payout ${payout}` : ''
  const left = blocksLeft === null ? '' : ` (${blocksLeft} blocks left)`
  const rest =
    swap.restDestination === null ? '' : `, and the rest to ${swap.restDestination} of LND’s wallet`
  const end = swap.endedAt === null ? [] : [line('ended', `${formatDate(swap.endedAt)} UTC`)]
  return [
    line('state', `${state}: ${says}`),
    line('amount', `${exactSat(amount)} on Lightning${locked}`),
    line('asked by', `${source}${following}${paying}, ${formatDate(swap.createdAt)} UTC`),
    line('provider', `${provider}${providerId === null ? '' : `, its id ${providerId}`}`),
    line('hash', swap.paymentHash),
    line('pays to', `${swap.destination ?? 'an address of LND’s wallet'}${rest}`),
    ...(swap.lockup === null ? [] : [line('lockup', swap.lockup)]),
    ...(swap.timeoutHeight === null ? [] : [line('timeout', `block ${swap.timeoutHeight}${left}`)]),
    ...end,
  ]
}

function line(name: string, text: string): [string, string] {
  return [name, text]
}

function printCosts({ colors, print }: Terminal, { swap, quoted }: SwapExplanation): void {
  const { limits, costs } = swap
  const known = (amount: Amount | null): string => (amount === null ? '' : wholeSat(amount))
  const rows = [
    ['  service', wholeSat(quoted.service), '', ''],
    ['  lockup', wholeSat(quoted.lockup), '', ''],
    ['  service and lockup', '', known(limits.service), known(costs.service)],
    ['  routing', '', known(limits.routing), known(costs.routing)],
    ['  claim', wholeSat(quoted.claim), known(limits.claim), known(costs.claim)],
    ...(limits.prepay?.msat === 0n
      ? []
      : [['  prepay, lost', '', known(limits.prepay), known(costs.prepay)]]),
  ]
  const right = { align: 'right' } as const
  const titles = [
    { title: '  sat' },
    { title: 'quoted', ...right },
    { title: 'limit', ...right },
    { title: 'cost', ...right },
  ]
  for (const line of drawTable(titles, rows, colors.dim)) print(line)
}
