import { type Column, drawTable } from '../terminal/draw-table.ts'
import { formatDate } from '../terminal/format-date.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import { mostCounted, type WebhookReport, type WebhooksReport } from './read-webhooks.ts'

const columns: readonly Column[] = [
  { title: 'owner', width: 14 },
  { title: 'state' },
  { title: 'waiting', align: 'right' },
  { title: 'failed', align: 'right' },
  { title: 'url' },
]

/** All endpoints, one line each, and the full ids of those that need somebody. */
export function printWebhooks(
  { colors, columns: width, print }: Terminal,
  { webhooks, says }: WebhooksReport,
): void {
  if (webhooks === null) {
    for (const line of wrap(plain(says ?? ''), width)) print(colors.yellow(line))
    return
  }
  print(colors.bold(webhooks.length === 0 ? 'No webhook endpoint' : 'Webhook endpoints'))
  if (webhooks.length === 0) return
  const rows = webhooks.map((endpoint) => [
    endpoint.partner === null ? 'operator' : plain(endpoint.partner),
    stateOf(endpoint),
    atMost(endpoint.waiting),
    atMost(endpoint.failed),
    short(plain(endpoint.url), width - 56),
  ])
  for (const line of drawTable(columns, rows, colors.dim)) print(`  ${line}`)
  for (const endpoint of webhooks) {
    if (endpoint.state === 'active' && endpoint.failingSince === null) continue
    const since = endpoint.failingSince
    const told = since === null ? '' : `, nothing delivered since ${formatDate(since)}`
    print(`  ${endpoint.id}`)
    print(colors.yellow(`      ${stateOf(endpoint)}${told}`))
  }
}

function stateOf({ state, reason, failingSince }: WebhookReport): string {
  if (state === 'disabled') return `disabled (${reason})`
  return failingSince === null ? 'active' : 'failing'
}

function atMost(count: number): string {
  return count === mostCounted ? `${mostCounted}+` : String(count)
}

function short(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text
}
