import type { Terminal } from '../terminal/terminal.ts'
import type { RunningSandbox } from './run-sandbox.ts'

/** What to do with it: lines that can be pasted as they are. */
export function printSandbox(
  { print, colors }: Terminal,
  { url, operatorKey }: RunningSandbox,
  seconds: number,
): void {
  print(`A payment node on a simulated Lightning network; up after ${seconds.toFixed(1)} s.`)
  print('Nothing here is real money, and nothing outlives this process.')
  print()
  print(`  ${colors.bold(url)}   its description: ${url}/openapi.json`)
  print()
  print('Paste this into another terminal:')
  print()
  for (const line of firstSteps(url, operatorKey)) print(`  ${line}`)
  print()
  print('GET /sandbox/faults lists what can go wrong. Ctrl-C ends it.')
}

/** A partner, an invoice, a payment, a balance. */
function firstSteps(url: string, key: string): readonly string[] {
  return [
    `export URL=${url}`,
    `export KEY=${key}`,
    `api() { curl -sS -w '\\n' -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' "$@"; }`,
    `api -X PUT $URL/v1/partners/bakery -d '{}'`,
    `api $URL/v1/invoices -d '{"partner":"bakery","amount":"25000 sat"}'`,
    `api $URL/sandbox/pay -d '{"paymentRequest":"…"}'   # the paymentRequest of the answer before`,
    'api $URL/v1/partners/bakery',
  ]
}
