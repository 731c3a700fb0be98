import { renameSync } from 'node:fs'
import { expect, test } from 'vitest'
import { balanceBar } from '../src/status/balance-bar.ts'
import type { StatusReport } from '../src/status/read-status.ts'
import { plain } from '../src/terminal/terminal.ts'
import { openFolder, type ShopFolder, simulatedShop, tradeABit, withHost } from './shop-folder.ts'

const file = 'payment-node.config.ts'

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON, in which amounts are text
type Read = Record<keyof StatusReport, any>

async function readStatus(folder: ShopFolder): Promise<{ exitCode: number; status: Read }> {
  const { exitCode, stdout, stderr } = await folder.run('status', '--json')
  expect(stderr).toBe('')
  return { exitCode, status: JSON.parse(stdout) }
}

test('the node, its channels, what is owed and the payouts under way', async () => {
  using folder = openFolder()
  const path = folder.write(file, simulatedShop())
  await withHost(path, async (node, shop) => {
    await tradeABit(node, shop)
    await node.safety.halt('a question about the books')
  })
  const { exitCode, status } = await readStatus(folder)
  expect(exitCode).toBe(0)
  expect(status).toMatchObject({
    command: 'status',
    configuration: path,
    state: 'ready',
    node: { alias: 'shop', network: 'regtest', blockHeight: 500 },
    books: {
      state: 'open',
      owed: '250000 sat',
      partners: 1,
      safety: { isHalted: true, reason: 'a question about the books' },
      payouts: [{ partner: 'merchant_42', state: 'sending', amount: '20000 sat' }],
    },
  })
  expect(status.books.node.publicKey).toBe(status.node.publicKey)
  const [byPayer, byUs] = status.channels
  expect(byPayer).toMatchObject({ peerAlias: 'payer', state: 'active', capacity: '2000000 sat' })
  expect(byUs).toMatchObject({ peerAlias: 'payee', state: 'active', capacity: '1000000 sat' })
  expect(status.liquidity.receivable).toBe(byPayer.receivable)

  const { stdout } = await folder.run('status')
  expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([])
  for (const part of [
    /^ {2}state {7}ready, at block 500$/m,
    /^ {2}owed {8}250,000 sat to 1 partner$/m,
    /^ {2}payouts {5}1 not ended yet$/m,
    /^ {2}outgoing {4}halted since .* UTC: a question about the books$/m,
    /^ {2}payer +active +2,000,000 +\d[\d,]* +[█░·]{10} +\d[\d,]*$/m,
    new RegExp(`^ {2}${status.books.payouts[0].id} +merchant_42 +20,000 +sending `, 'm'),
  ]) {
    expect(stdout).toMatch(part)
  }
})

test('while the host has the books open they are shown beside it, where the engine can', async () => {
  using folder = openFolder()
  await withHost(folder.write(file, simulatedShop()), async (node, shop) => {
    await tradeABit(node, shop)
    const beside = await readStatus(folder)
    expect(beside.status.books).toMatchObject({ state: 'open', owed: '250000 sat' })
    const options = "storage: { ...sqlite({ file: 'payments.db' }), openToRead: undefined },"
    folder.write('payment-node.config.mjs', simulatedShop({ options }))
    renameSync(`${folder.path}/${file}`, `${folder.path}/former.ts`)
    const { exitCode, status } = await readStatus(folder)
    expect(exitCode).toBe(0)
    expect(status.channels).toHaveLength(2)
    expect(status.books.state).toBe('in-use')
    const { stdout } = await folder.run('status')
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `The books (${folder.path}/payments.db) are open in another process`,
    )
  })
})

test('a node that cannot be used is degraded, and the books are shown without it', async () => {
  using folder = openFolder()
  await withHost(folder.write(file, simulatedShop()), tradeABit)
  const states: Record<string, [lines: string, says: RegExp]> = {
    locked: ['shop.lock()', /locked/],
    stopped: ['shop.stop()', /does not answer/],
    unsynced: ['shop.setSynced(false)', /not synced/],
  }
  for (const [name, [lines, says]] of Object.entries(states)) {
    using other = openFolder()
    const shop = simulatedShop({ lines })
    other.write(file, shop.replace("'payments.db'", `'${folder.path}/payments.db'`))
    const { exitCode, status } = await readStatus(other)
    expect({ name, exitCode, state: status.state }).toEqual({
      name,
      exitCode: 1,
      state: 'degraded',
    })
    expect(status.says).toMatch(says)
    expect(status.books.owed).toBe('250000 sat')
    const { stdout } = await other.run('status')
    expect(stdout).toMatch(/^ {2}owed {8}250,000 sat/m)
    expect(stdout.replace(/\s+/g, ' ')).toMatch(says)
  }
})

test('books of another node are told apart', async () => {
  using folder = openFolder()
  await withHost(folder.write(file, simulatedShop()), tradeABit)
  folder.write('other.config.ts', simulatedShop({ options: 'lightning: payer.connect(),' }))
  const { stdout } = await folder.run('status', '--config', 'other.config.ts')
  expect(stdout).toContain('The books belong to another node')
})

test('channels that are idle, opening or closing have nothing to send or receive', async () => {
  using folder = openFolder()
  const lines = 'payer.stop()'
  folder.write(file, simulatedShop({ lines }))
  const { status } = await readStatus(folder)
  const idle = status.channels.find((channel: { state: string }) => channel.state === 'inactive')
  expect(idle).toMatchObject({ peerAlias: 'payer', sendable: '0 sat', receivable: '0 sat' })
})

test('the bar shows what can be sent and received in tenths', () => {
  const bar = (capacity: bigint, sendable: bigint, receivable: bigint): string =>
    balanceBar({ capacityMsat: capacity, sendableMsat: sendable, receivableMsat: receivable }, 10)
  expect([
    bar(100n, 100n, 0n),
    bar(100n, 0n, 100n),
    bar(100n, 44n, 54n),
    bar(100n, 20n, 30n),
    bar(100n, 0n, 0n),
    bar(0n, 0n, 0n),
    bar(100n, 90n, 90n),
  ]).toEqual([
    '██████████',
    '░░░░░░░░░░',
    '████░░░░░░',
    '██░░░·····',
    '··········',
    '··········',
    '█████░░░░░',
  ])
})

test('text from outside cannot steer the terminal', async () => {
  using folder = openFolder()
  const evil = String.raw`addNode('pay\u001b]0;title\u0007er\u202e\n')`
  folder.write(file, simulatedShop().replace("addNode('payer')", evil))
  const { stdout } = await folder.run('status')
  expect(stdout).toMatch(/^ {2}payer +active /m)
  expect(plain('\u001b[2J\u001b]0;title\u0007evil\r\nname\u202e \u009b31m')).toBe('evil name')
})

test('books that LND has left behind: the halt and each difference in words, here and in the doctor', async () => {
  using folder = openFolder()
  const path = folder.write(file, simulatedShop())
  let paymentHash = ''
  await withHost(path, async (_, { shop, payee }) => {
    const bill = payee.createInvoice({ amountMsat: 30_000_000n })
    paymentHash = bill.paymentHash
    // Nobody looks for it before this process ends.
    await shop.pay(bill.paymentRequest)
  })
  await withHost(path, async (node) => {
    const told = new Promise((resolve) => node.on('node.books-behind', resolve))
    if (!(await node.safety.status()).isHalted) await told
  })
  const { status } = await readStatus(folder)
  expect(status.books).toMatchObject({
    safety: { isHalted: true, cause: 'books-behind' },
    differences: [{ kind: 'unknown-payment', paymentHash, amount: '30000 sat', state: 'open' }],
  })
  const { stdout } = await folder.run('status')
  expect(stdout).toMatch(/^ {2}outgoing {4}halted since .* UTC: these books seem to be an old$/m)
  expect(stdout).toMatch(
    new RegExp(`^ {2}unknown-payment +${paymentHash.slice(0, 12)}.* +30,000 `, 'm'),
  )
  expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([])
  const doctor = await folder.run('doctor')
  expect(doctor.exitCode).toBe(1)
  const says = doctor.stdout.replace(/\s+/g, ' ')
  expect(says).toContain('LND has made payments that these books do not know')
  expect(says).toContain('payment-node status shows what is open (1).')
})
