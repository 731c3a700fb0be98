import { createHash } from 'node:crypto'
import type { SimulatedNode } from '../network/simulated-node.ts'
import { mannersOf } from './manners.ts'
import { type WebAnswer, webAnswer } from './simulated-web.ts'
import { codeOf, type World } from './world.ts'

/** How an LNURL server cheats or fails. */
export type LnurlLie =
  | 'other-amount'
  | 'other-hash'
  | 'other-name'
  | 'silence'
  | 'slow'
  | 'error'
  | 'unavailable'
  | 'old-invoice'
  | 'same-invoice'
  | 'nonsense'

/** Somebody with a Lightning address. */
interface Account {
  readonly payee: SimulatedNode
  /** What all payments to it are for together; undefined: each is a debt of its own. */
  readonly debt: string | undefined
  /** Invoices that were made, oldest first. */
  readonly invoices: string[]
}

const host = 'pay.test'
/** Milliseconds: an answer that still comes in time. */
const slowly = 8000

const accounts = new WeakMap<World, Map<string, Account>>()

/** Opens an account at the world's LNURL server; answers its Lightning address. */
export function openAccount(
  world: World,
  name: string,
  payee: SimulatedNode,
  debt?: string,
): string {
  let known = accounts.get(world)
  if (!known) {
    known = new Map()
    accounts.set(world, known)
    world.web.serve(host, ({ url }) => answer(world, new URL(url)))
  }
  if (!known.has(name)) known.set(name, { payee, debt, invoices: [] })
  return `${name}@${host}`
}

/** LUD-06 and LUD-16, with a new invoice for each request. */
async function answer(world: World, url: URL): Promise<WebAnswer> {
  const [, first, second, third] = url.pathname.split('/')
  const isOffer = first === '.well-known'
  const name = (isOffer ? third : second) ?? ''
  const account = accounts.get(world)?.get(name)
  if (!account) return webAnswer(404, '{"status":"ERROR","reason":"nobody"}')
  const lie = lieOf(world, name, isOffer, account)
  switch (lie) {
    case 'silence':
      return 'silence'
    case 'slow':
      await world.clock.sleep(slowly)
      break
    case 'error':
      return webAnswer(200, '{"status":"ERROR","reason":"not today"}')
    case 'unavailable':
      return webAnswer(503, 'come back later')
    case 'nonsense':
      return webAnswer(200, '<html>welcome</html>')
    default:
      break
  }
  const shown = lie === 'other-name' ? 'mallory' : name
  const metadata = `[["text/identifier","${shown}@${host}"],["text/plain","for ${shown}"]]`
  if (isOffer) {
    return json({
      tag: 'payRequest',
      callback: `https://${host}/callback/${name}`,
      minSendable: 1000,
      maxSendable: 100_000_000_000,
      metadata,
    })
  }
  if (account.payee.lifecycle !== 'running') return webAnswer(503, 'our node is away')
  if (lie === 'same-invoice' && account.invoices[0])
    return json({ pr: account.invoices[0], routes: [] })
  const asked = BigInt(url.searchParams.get('amount') ?? '0')
  try {
    const { paymentRequest, paymentHash } = account.payee.createInvoice({
      amountMsat: lie === 'other-amount' ? asked * 2n : asked,
      descriptionHash: sha256(lie === 'other-hash' ? `${metadata} ` : metadata),
      expirySeconds: lie === 'old-invoice' ? 20 : 600,
    })
    account.invoices.push(paymentRequest)
    if (lie === 'other-amount' || lie === 'other-hash') world.records.lies.add(paymentHash)
    world.owe(account.debt ?? `${name}#${account.invoices.length}`, paymentHash, account.payee)
    return json({ pr: paymentRequest, routes: [] })
  } catch (error) {
    world.trace.write(`${host} cannot make an invoice: ${codeOf(error)}`)
    return webAnswer(500, 'oops')
  }
}

/** The lie that is due now, told to the manners that it was told. */
function lieOf(
  world: World,
  name: string,
  isOffer: boolean,
  { invoices }: Account,
): LnurlLie | undefined {
  const manner = mannersOf(world).servers.get(name)
  if (!manner || manner.left <= 0 || world.isHealing) return undefined
  const { lie } = manner
  const isAboutInvoice =
    lie === 'other-amount' ||
    lie === 'other-hash' ||
    lie === 'old-invoice' ||
    lie === 'same-invoice'
  if (isAboutInvoice === isOffer || (lie === 'same-invoice' && invoices.length === 0))
    return undefined
  manner.left--
  manner.done()
  return lie
}

function json(value: unknown): WebAnswer {
  return webAnswer(200, JSON.stringify(value))
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text, 'utf8').digest()
}
