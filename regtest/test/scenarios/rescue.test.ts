import { execFile } from 'node:child_process'
import { mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPaymentNode, type PaymentNode, type Swap } from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { regtestProvider } from '../programs/regtest-provider.ts'
import { bringSwapsOn } from './bring-swaps-on.ts'
import { openSwapStand } from './swap-stand.ts'

const network = sharedNetwork()
const stand = await openSwapStand(network, 'rescue')
const { client, swaps: server } = stand
const folder = await realpath(await mkdtemp(join(tmpdir(), 'payment-node-rescue-')))
const cli = join(import.meta.dirname, '../../../packages/cli')
await symlink(join(cli, 'node_modules'), join(folder, 'node_modules'))
afterAll(async () => {
  await server.close()
  await network.remove()
  await rm(folder, { recursive: true, force: true })
})

const keys = { invoices: `${'a1'.repeat(31)}5e`, swaps: `${'5a'.repeat(15)}${'04'.repeat(17)}` }
const { hostname, port } = new URL(server.address.url)
await writeFile(
  join(folder, 'payment-node.config.ts'),
  `
import { boltz } from '@payment-node/boltz-plugin'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'

export default {
  lightning: lnd({
    address: '${client.details.rpcAddress}',
    certificate: { path: '${client.details.certificatePath}' },
    macaroon: { hex: '${stand.macaroon}' },
  }),
  storage: sqlite({ file: 'payments.db' }),
  keys: { invoices: Buffer.from('${keys.invoices}', 'hex'), swaps: Buffer.from('${keys.swaps}', 'hex') },
  swaps: [
    boltz({
      url: '${server.address.url}',
      name: 'regtest',
      http: { allow: [{ host: '${hostname}', port: ${port}, insecure: true, for: ['swaps'] }] },
    }),
  ],
}
`,
)

/** The command in a process of its own, as an operator runs it. */
function rescue(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = ['--conditions=dev-source', join(cli, 'src/index.ts'), 'rescue', ...argv]
  return new Promise((resolve) => {
    execFile(process.execPath, program, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

/** The host of that configuration; `work` while it runs. */
async function withHost<T>(work: (node: PaymentNode) => Promise<T>): Promise<T> {
  const node = createPaymentNode({
    lightning: lnd({
      address: client.details.rpcAddress,
      certificate: { path: client.details.certificatePath },
      macaroon: { hex: stand.macaroon },
    }),
    storage: sqlite({ file: join(folder, 'payments.db') }),
    keys: { invoices: Buffer.from(keys.invoices, 'hex'), swaps: Buffer.from(keys.swaps, 'hex') },
    swaps: [regtestProvider(server.address.url)],
    timing: { heartbeat: 1 },
  })
  await node.start()
  try {
    return await work(node)
  } finally {
    await node.stop()
  }
}

/** A swap whose payment is held, and whose lockup waits for a block. */
const lockedUp = (idempotencyKey: string): Promise<Swap> =>
  withHost(async (node) => {
    const [swap] = await node.swaps.request({ amount: '100000 sat' }, { idempotencyKey })
    await waitUntil('the payment is held, and the lockup on its way', async () => {
      const { state } = await node.swaps.get(swap!.id)
      return state === 'lockup-seen' || (state === 'held' && server.swaps().at(-1)!.lockup)
    })
    return node.swaps.get(swap!.id)
  })

/** What has left for a swap, by LND's payment and the wallet's coin. */
async function leftMsat({ paymentHash }: Swap, outpoint: string): Promise<bigint> {
  const paid = await stand.payments(paymentHash)
  expect(paid).toMatchObject([{ status: 'SUCCEEDED' }])
  const { receivedSat } = (await stand.spending(outpoint))!
  expect(receivedSat).toBeGreaterThan(90_000n)
  return BigInt(paid[0]!.value_msat) + BigInt(paid[0]!.fee_msat) - receivedSat * 1000n
}
const worstOf = ({ limits }: Swap): bigint =>
  limits.service!.msat + limits.routing!.msat + limits.claim!.msat

test('the provider is gone for good: rescue shows what waits, and the host claims it from its books alone', async () => {
  const { id, paymentHash } = await lockedUp('gone')
  server.isReachable = false
  await network.mine(1)
  const shown = await rescue('--json')
  expect([shown.code, shown.stderr]).toEqual([0, ''])
  expect(JSON.parse(shown.stdout).swaps).toMatchObject([{ swap: { id, paymentHash } }])
  const said = await rescue()
  expect(said.stdout).toContain(id)
  expect(said.stdout).toContain('The running host carries them on')
  const claimed = await withHost(async (node) => {
    await bringSwapsOn(network, node, async () => (await node.swaps.get(id)).endedAt !== null)
    expect((await node.ledger.prove()).verdict).toBe('proved')
    return node.swaps.get(id)
  })
  expect(claimed.state).toBe('claimed')
  expect(await leftMsat(claimed, claimed.lockup!)).toBeLessThanOrEqual(worstOf(claimed))
  expect(JSON.parse((await rescue('--json')).stdout).swaps).toEqual([])
  server.isReachable = true
}, 120_000)

test('the books are gone: rescue finds the swap by the key and the provider, and claims it when it is said', async () => {
  const swap = await lockedUp('lost')
  await network.mine(1)
  for (const name of await readdir(folder)) {
    if (name.startsWith('payments.')) await rm(join(folder, name))
  }
  const { providerId, paymentHash } = swap
  const lost = async (...argv: string[]) => {
    const { code, stdout, stderr } = await rescue(
      '--without-books',
      '--patience',
      '3',
      ...argv,
      '--json',
    )
    expect([code, stderr]).toEqual([0, ''])
    const told = JSON.parse(stdout).lost as {
      providerId: string
      lockup: string
      published: string | null
      claim: { transactionId: string } | null
    }[]
    return told.find((one) => one.providerId === providerId)!
  }
  const looked = await lost()
  expect(looked).toMatchObject({
    paymentHash,
    state: 'claimable',
    payment: 'in-flight',
    published: null,
  })
  expect(await network.chain.mempool()).toEqual([])
  const done = await lost('--yes', '--feerate', '5')
  expect(done.published).toBe(done.claim!.transactionId)
  expect(await network.chain.mempool()).toEqual([done.published])
  await network.mine(1)
  // The provider takes the payment with what the chain shows it.
  await waitUntil('the payment has ended', async () =>
    (await stand.payments(paymentHash)).every(({ status }) => status === 'SUCCEEDED'),
  )
  expect((await stand.spending(looked.lockup))!.transactionId).toBe(done.published)
  expect(await leftMsat(swap, looked.lockup)).toBeLessThanOrEqual(worstOf(swap))
  expect(await lost()).toMatchObject({ state: 'spent', claim: null })
}, 120_000)
