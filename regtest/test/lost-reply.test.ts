import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { connectLndRpc, type LndRpc } from '../lnd-rpc.ts'
import { sharedNetwork } from '../shared-network.ts'
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.ts'

const network = sharedNetwork()
const alice = network.node('alice')
const bob = network.node('bob')
let proxy: TcpProxy
let distant: LndRpc

beforeEach(async () => {
  proxy = await startTcpProxy(alice.details.rpcAddress)
  distant = connectLndRpc({ ...alice.details, rpcAddress: proxy.address })
  await distant.rpc('lnrpc.Lightning', 'GetInfo')
})
afterEach(async () => {
  distant.close()
  await proxy.close()
})
afterAll(() => network.remove())

const unavailable = { code: 14 }

test('the reply of a payment is lost after LND acted, and LND still knows how it ended', async () => {
  const preimage = randomBytes(32)
  const hash = createHash('sha256').update(preimage).digest()
  const invoice = await bob.addHoldInvoice(hash, { value_msat: '1000000' })

  await proxy.setMode('swallow-replies')
  const paying = distant.stream<{ status: string }>('routerrpc.Router', 'SendPaymentV2', {
    payment_request: invoice.payment_request,
    fee_limit_msat: '1000',
    timeout_seconds: 60,
  })
  const seen: string[] = []
  paying.on('data', (payment) => seen.push(payment.status))
  const lost = new Promise((resolve) => paying.once('error', resolve))
  await bob.waitUntilInvoice(hash, 'ACCEPTED')
  expect(proxy.bytes().swallowed).toBeGreaterThan(0)
  await proxy.cut()

  expect(await lost).toMatchObject(unavailable)
  expect(seen).toEqual([])
  await bob.settleHold(preimage)
  const tracked = distant.stream<{ status: string }>('routerrpc.Router', 'TrackPaymentV2', {
    payment_hash: hash,
    no_inflight_updates: true,
  })
  for await (const payment of tracked) seen.push(payment.status)
  expect(seen).toEqual(['SUCCEEDED'])
})

test('the reply of an unary call is lost after LND acted', async () => {
  const preimage = randomBytes(32)
  const hash = createHash('sha256').update(preimage).digest()
  await proxy.setMode('swallow-replies')
  const adding = distant.rpc('lnrpc.Lightning', 'AddInvoice', { r_preimage: preimage }).then(
    () => 'answered',
    (error: { code: number }) => error,
  )
  await alice.waitFor('the invoice', async () => (await alice.lookupInvoice(hash)).state === 'OPEN')
  await proxy.cut()
  expect(await adding).toMatchObject(unavailable)
})

test('refused: calls fail at once; passing again: the same client goes on', async () => {
  await proxy.cut('refuse')
  const [host, port] = proxy.address.split(':') as [string, string]
  const [refusal] = await once(connect(Number(port), host), 'error').catch((error) => [error])
  expect(refusal).toMatchObject({ code: 'ECONNREFUSED' })
  await expect(distant.rpc('lnrpc.Lightning', 'GetInfo')).rejects.toMatchObject(unavailable)
  expect(proxy.connectionCount()).toBe(0)
  await proxy.setMode('pass')
  await alice.waitFor('an answer through the proxy', async () => {
    return (await distant.rpc<{ alias: string }>('lnrpc.Lightning', 'GetInfo')).alias === 'alice'
  })
})

test('half open: nothing arrives and nothing closes, then everything arrives', async () => {
  await proxy.setMode('blackhole')
  const before = proxy.bytes()
  const preimage = randomBytes(32)
  const hash = createHash('sha256').update(preimage).digest()
  const adding = distant.rpc('lnrpc.Lightning', 'AddInvoice', { r_preimage: preimage })
  // A call around the proxy has all the time that the one through it would have had.
  await alice.addInvoice({})
  await expect(alice.lookupInvoice(hash)).rejects.toMatchObject({ code: 5 })
  expect(proxy.bytes()).toEqual(before)
  expect(proxy.connectionCount()).toBe(1)
  await proxy.setMode('pass')
  expect(await adding).toMatchObject({ r_hash: hash })
})

test('a connection is cut after a number of bytes, in the middle of a reply', async () => {
  const before = proxy.bytes().toClient
  proxy.cutAfterBytes(20, 'to-client')
  await expect(distant.rpc('lnrpc.Lightning', 'GetInfo')).rejects.toMatchObject(unavailable)
  expect(proxy.bytes().toClient - before).toBe(20)
  await alice.waitFor('an answer on a new connection', () =>
    distant.rpc('lnrpc.Lightning', 'GetInfo'),
  )
})
