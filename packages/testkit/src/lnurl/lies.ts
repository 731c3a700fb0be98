import type { ServerResponse } from 'node:http'

/** Ways in which an answer is none; they fit the offer as well as the invoice. */
export const anyAnswerLies = [
  'nothing',
  'malformed',
  'not-an-object',
  'error',
  'down',
  'broken-off',
  'silence',
  'dribble',
  'ten-megabytes',
  'redirect-to-loopback',
  'redirect-in-circles',
] as const

/** Ways in which the offer promises what it must not. */
export const offerLies = [
  'wrong-tag',
  'withdraw-tag',
  'crossed-limits',
  'other-identifier',
  'callback-elsewhere',
] as const

/** Ways in which the invoice is not the one that was promised. */
export const invoiceLies = [
  'other-amount',
  'tenfold-amount',
  'no-amount',
  'other-hash',
  'other-network',
  'no-invoice',
  'damaged-invoice',
  'expires-at-once',
  'first-invoice-again',
] as const

/** What an LNURL server does to a payer. */
export type LnurlLie = AnyAnswerLie | (typeof offerLies)[number] | (typeof invoiceLies)[number]

/** What any of its two answers may do. */
export type AnyAnswerLie = (typeof anyAnswerLies)[number]

export function isAnyAnswerLie(lie: LnurlLie): lie is AnyAnswerLie {
  return (anyAnswerLies as readonly string[]).includes(lie)
}

/** Answers with the lie. `silence` and `dribble` never end: the payer, or `stop()`, must. */
export function lieInstead(lie: AnyAnswerLie, response: ServerResponse, host: string): void {
  switch (lie) {
    case 'nothing':
      return void response.end()
    case 'malformed':
      return void response.end('{"tag":"payRequest",')
    case 'not-an-object':
      return void response.end('["payRequest"]')
    case 'error':
      return void response.end('{"status":"ERROR","reason":"no\\u0000 such user"}')
    case 'down':
      return void response.writeHead(503).end('<h1>Service Unavailable</h1>')
    case 'broken-off':
      response.writeHead(200, { 'content-length': '100' }).write('{"tag":')
      return void setImmediate(() => response.destroy())
    case 'silence':
      return
    case 'dribble': {
      response.writeHead(200)
      const dribbling = setInterval(() => response.write(' '), 5)
      return void response.on('close', () => clearInterval(dribbling))
    }
    case 'ten-megabytes':
      return void response.end(`{"pad":"${'a'.repeat(10_000_000)}"}`)
    case 'redirect-to-loopback':
      return void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
    case 'redirect-in-circles':
      return void response.writeHead(302, { location: `http://${host}${response.req.url}` }).end()
  }
}
