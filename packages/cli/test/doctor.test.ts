import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import {
  createPaymentNode,
  PaymentNodeError,
  type PaymentNodeOptions,
  systemClock,
} from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { createSimulatedNetwork } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { checkCaps } from '../src/doctor/check-caps.ts'
import { examineShop } from './doctor-report.ts'
import { readTables } from './read-tables.ts'
import { openFolder, simulatedShop, tradeABit, withHost } from './shop-folder.ts'

const file = 'payment-node.config.ts'
const nodeIsFine = ['ok options', 'ok reachable', 'ok synced']

test('before the first start everything is ok, and nothing is bound', async () => {
  using folder = openFolder()
  folder.write(file, simulatedShop())
  const { exitCode, results, report } = await examineShop(folder)
  expect(exitCode).toBe(0)
  expect(report.result).toBe('ok')
  expect(results).toEqual([...nodeIsFine, 'ok storage', 'ok first-start', 'ok key', 'ok caps'])
  expect(await examineShop(folder)).toMatchObject({ results })
  expect(readdirSync(folder.path).sort()).toEqual(['node_modules', file])
})

test('after a day of work it finds the books, whose they are, and their key, and changes nothing', async () => {
  using folder = openFolder()
  await withHost(folder.write(file, simulatedShop()), tradeABit)
  const books = `${folder.path}/payments.db`
  const before = readTables(books)
  expect(Object.keys(before).length).toBeGreaterThan(15)
  const { exitCode, results, find } = await examineShop(folder)
  expect(results).toEqual([
    ...nodeIsFine,
    ...['ok storage', 'ok binding', 'ok halt', 'ok key', 'ok caps'],
  ])
  expect(find('key').says).toContain('the key that the stored invoices were made with')
  expect(exitCode).toBe(0)
  expect(readTables(books)).toEqual(before)
})

test('while the host has the books open they are read beside it', async () => {
  using folder = openFolder()
  await withHost(folder.write(file, simulatedShop()), async (node, shop) => {
    await tradeABit(node, shop)
    const { exitCode, results } = await examineShop(folder)
    expect(results).toEqual([
      ...nodeIsFine,
      ...['ok storage', 'ok binding', 'ok halt', 'ok key', 'ok caps'],
    ])
    expect(exitCode).toBe(0)
    expect((await node.status()).state).toBe('ready')
  })
})

test('an engine that cannot be read beside the host is said to be in use', async () => {
  using folder = openFolder()
  const options = "storage: { ...sqlite({ file: 'payments.db' }), openToRead: undefined },"
  await withHost(folder.write(file, simulatedShop({ options })), async (node) => {
    const { exitCode, results, find } = await examineShop(folder)
    expect(results).toEqual([...nodeIsFine, 'ok storage', 'ok key', 'ok caps'])
    expect(find('storage').says).toContain(`${folder.path}/payments.db is open in another process`)
    expect(exitCode).toBe(0)
    expect((await node.status()).state).toBe('ready')
  })
})

test('what is wrong with the books is a line of its own', async () => {
  const otherKey = 'new Uint8Array(32).map((_, index) => index + 2)'
  const changed: Record<string, { shop: string; line: string; says: RegExp; fails: boolean }> = {
    'another key': {
      shop: simulatedShop({ options: `keys: { invoices: ${otherKey} },` }),
      line: 'failed key',
      says: /not the key that the stored invoices were made with/,
      fails: true,
    },
    'a key that is no key': {
      shop: simulatedShop({ options: 'keys: { invoices: async () => new Uint8Array(31) },' }),
      line: 'failed key',
      says: /must be 32 bytes/,
      fails: true,
    },
    'a key that cannot be fetched': {
      shop: simulatedShop({
        options: "keys: { invoices: async () => { throw new Error('the vault is closed') } },",
      }),
      line: 'failed key',
      says: /the vault is closed/,
      fails: true,
    },
    'another node': {
      shop: simulatedShop({ options: 'lightning: payer.connect(),' }),
      line: 'failed binding',
      says: /books belong to the node .*, but .* answers/,
      fails: true,
    },
    'another name': {
      shop: simulatedShop({ options: "name: 'second'," }),
      line: 'failed binding',
      says: /have the name "main"/,
      fails: true,
    },
    'another network': {
      shop: simulatedShop({ options: "network: 'mainnet'," }),
      line: 'failed network-option',
      says: /is on regtest, the configuration asks for mainnet/,
      fails: true,
    },
    'no node': {
      shop: simulatedShop({ lines: 'shop.stop()' }),
      line: 'warning binding',
      says: /was not compared/,
      fails: true,
    },
    'a locked node': {
      shop: simulatedShop({ lines: 'shop.lock()' }),
      line: 'failed reachable',
      says: /locked/,
      fails: true,
    },
    'a node that accepts keysend': {
      shop: simulatedShop().replace("addNode('shop')", "addNode('shop', { acceptsKeysend: true })"),
      line: 'warning keysend',
      says: /never credited/,
      fails: false,
    },
    'a file that is none': {
      shop: simulatedShop({ options: "storage: sqlite({ file: 'payment-node.config.ts' })," }),
      line: 'failed storage',
      says: /is not a file of payment-node/,
      fails: true,
    },
    'no folder for the file': {
      shop: simulatedShop({ options: "storage: sqlite({ file: 'no/payments.db' })," }),
      line: 'failed storage',
      says: /does not exist/,
      fails: true,
    },
    'books in memory': {
      shop: simulatedShop({ options: 'storage: memory(),' }),
      line: 'warning storage',
      says: /memory of the process/,
      fails: false,
    },
  }
  using folder = openFolder()
  await withHost(folder.write(file, simulatedShop()), tradeABit)
  const wrong: string[] = []
  for (const [name, { shop, line, says, fails }] of Object.entries(changed)) {
    using other = openFolder()
    other.write(file, shop.replace("'payments.db'", `'${folder.path}/payments.db'`))
    const { exitCode, results, find } = await examineShop(other)
    const found = find(line.split(' ')[1]!)
    if (!results.includes(line) || !says.test(found.says ?? '') || exitCode !== (fails ? 1 : 0)) {
      wrong.push(`${name}: exit code ${exitCode}, ${results.join(', ')}: ${found.says}`)
    }
  }
  expect(wrong).toEqual([])
})

test('partners with automatic payouts that nothing pays are a warning, where the host does not pay them by call', async () => {
  using folder = openFolder()
  const config = simulatedShop()
  await withHost(folder.write(file, config), async (node) => {
    for (const id of ['m1', 'm2', 'm3'])
      await node.partners.upsert({ id, payout: { automatic: id !== 'm2' } })
  })
  const { exitCode, find } = await examineShop(folder)
  expect(exitCode).toBe(0)
  expect(find('automatic-payouts')).toMatchObject({
    result: 'warning',
    says: '2 partners have automatic payouts, and no schedule pays them.',
    advice: expect.stringContaining('payouts.automatic'),
  })
  for (const payouts of ["{ automatic: 'by-call' }", "{ automatic: { every: '1h' } }"]) {
    using other = openFolder()
    const paid = simulatedShop({ options: `payouts: ${payouts},` })
    other.write(file, paid.replace("'payments.db'", `'${folder.path}/payments.db'`))
    expect((await examineShop(other)).results.join(), payouts).not.toContain('automatic-payouts')
  }
})

test('a halt is shown with its reason, and is no failure', async () => {
  using folder = openFolder()
  await withHost(folder.write(file, simulatedShop()), async (node) => {
    await node.safety.halt('the books do not agree')
  })
  const { exitCode, find } = await examineShop(folder)
  expect(exitCode).toBe(0)
  expect(find('halt')).toMatchObject({
    result: 'warning',
    advice: expect.stringContaining('resume'),
  })
  const { stdout } = await folder.run('doctor')
  expect(stdout.replace(/\s+/g, ' ')).toContain(': the books do not agree.')
})

test('a first start that may not read the wallet is foreseen', async () => {
  using folder = openFolder()
  const lines = `
import { PaymentNodeError } from '@payment-node/core'
const error = new PaymentNodeError('node.macaroon-rejected', 'The macaroon does not allow WalletBalance.', { reason: 'permission-denied' }, { advice: 'Bake another one.' })
shop.faults.add(({ call }) => call === 'walletBalance' ? { error } : undefined)`
  folder.write(file, simulatedShop({ lines }))
  const { exitCode, find } = await examineShop(folder)
  expect(exitCode).toBe(1)
  expect(find('first-start')).toMatchObject({
    result: 'failed',
    says: 'The macaroon does not allow WalletBalance.',
    advice: 'Bake another one.',
  })
})

test('the caps that it names are those that core keeps', async () => {
  const network = createSimulatedNetwork({ clock: systemClock, seed: 1 })
  const [shop, payer] = [network.addNode('shop'), network.addNode('payer')]
  network.establishChannel({ from: payer, to: shop, capacitySat: 40_000_000n })
  const keys = { invoices: randomBytes(32) }
  /** What core answers to a payout that is one satoshi too large, and what the doctor says. */
  async function refuse(payout: bigint, caps: NonNullable<PaymentNodeOptions['caps']>) {
    const options = { lightning: shop.connect(), storage: memory(), keys, caps }
    const node = createPaymentNode(options)
    await node.start()
    await node.partners.upsert({ id: 'm' })
    const invoice = await node.invoices.create({ partner: 'm', amount: '11000000 sat' })
    await payer.pay(invoice.paymentRequest)
    await node.invoices.waitUntilSettled(invoice.id)
    const destination = payer.createInvoice({ amountMsat: payout }).paymentRequest
    const refusal = await node.payouts
      .request({ partner: 'm', destination, feeLimit: '0 sat' }, { idempotencyKey: 'k' })
      .catch((error: unknown) => error)
    await node.stop()
    if (!PaymentNodeError.is(refusal, 'payout.above-cap')) throw refusal
    return {
      says: checkCaps(options).says,
      cap: refusal.details.cap,
      limit: refusal.details.limit.toString(),
    }
  }
  expect(await refuse(1_000_001_000n, {})).toEqual({
    cap: 'per-payout',
    limit: '1000000 sat',
    says: 'At most 1,000,000 sat (default) per payout, 10,000,000 sat (default) per day.',
  })
  expect(await refuse(10_000_001_000n, { perPayout: '20000000001 msat' })).toEqual({
    cap: 'per-day',
    limit: '10000000 sat',
    says: 'At most 20,000,000.001 sat per payout, 10,000,000 sat (default) per day.',
  })
})

test('what people see fits 80 columns and says how to mend what has failed', async () => {
  using folder = openFolder()
  folder.write(file, simulatedShop({ lines: 'shop.lock()' }))
  const { exitCode, stdout } = await folder.run('doctor')
  expect(exitCode).toBe(1)
  expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([])
  expect(stdout).toMatch(/failed {3}reachable/)
  expect(stdout).toMatch(/→ Start or unlock the node\./)
  expect(stdout).toMatch(/\n1 failed, \d ok\n$/)
})
