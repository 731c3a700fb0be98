import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { macaroon, startFakeLnd } from '../../lnd-adapter/test/fake-lnd.ts'
import { makeCertificate } from '../../lnd-adapter/test/make-certificate.ts'
import { examineShop } from './doctor-report.ts'
import { invoiceKey, openFolder, type ShopFolder } from './shop-folder.ts'

/** A shop with an LND at this port. */
function writeShop(
  folder: ShopFolder,
  lnd: { port: number; certificate: Buffer; macaroon?: Buffer },
): void {
  folder.write('tls.cert', lnd.certificate.toString())
  folder.write(
    'payment-node.config.ts',
    `
import { lnd } from '@payment-node/lnd-adapter'
import { memory } from '@payment-node/storage-memory'

export default {
  lightning: lnd({
    address: '127.0.0.1:${lnd.port}',
    certificate: { path: 'tls.cert' },
    macaroon: { hex: '${(lnd.macaroon ?? macaroon).toString('hex')}' },
  }),
  storage: memory(),
  keys: { invoices: ${invoiceKey} },
}
`,
  )
}

test('an LND that is not there is a failed line with advice', async () => {
  using folder = openFolder()
  const { certificate } = await makeCertificate()
  const port = await closedPort()
  writeShop(folder, { port, certificate })
  const { exitCode, results, find } = await examineShop(folder)
  expect(exitCode).toBe(1)
  expect(results).toEqual([
    'ok options',
    'failed reachable',
    'warning storage',
    'ok key',
    'ok caps',
  ])
  expect(find('reachable').says).toContain('ECONNREFUSED')
  expect(find('reachable').advice).toContain('Check that LND runs')
  const status = await folder.run('status')
  expect(status.exitCode).toBe(1)
  expect(status.stdout).toContain('Check that LND runs')
})

test('a locked LND, a wrong certificate and a wrong macaroon each say what to do', async () => {
  await using server = await startFakeLnd()
  const { port } = server
  const { certificate } = server.certificate
  using folder = openFolder()

  writeShop(folder, { port, certificate: (await makeCertificate()).certificate })
  const untrusted = await examineShop(folder)
  expect(untrusted.results).toContain('failed certificate')
  expect(untrusted.find('certificate').advice).toContain('tls.cert')

  using second = openFolder()
  writeShop(second, { port, certificate, macaroon: Buffer.from('0201', 'hex') })
  const rejected = await examineShop(second)
  expect(rejected.results).toEqual(expect.arrayContaining(['ok wallet', 'failed macaroon']))
  expect(rejected.find('macaroon').advice).toContain('payment-node macaroons')

  using third = openFolder()
  server.answers.set('/lnrpc.State/GetState', () => ({ state: 'LOCKED' }))
  writeShop(third, { port, certificate })
  const locked = await examineShop(third)
  expect(locked.results).toContain('failed wallet')
  expect(locked.find('wallet').advice).toContain('lncli unlock')
  expect([untrusted.exitCode, rejected.exitCode, locked.exitCode]).toEqual([1, 1, 1])
})

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
