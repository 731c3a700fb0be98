import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { auditDay, findFaults } from '../src/audit/audit-day.ts'
import { playSimulatedDay } from '../src/play-simulated-day.ts'
import { customersPay } from '../src/scenes/customers-pay.ts'
import { keeperOpensChannels } from '../src/scenes/keeper-opens-channels.ts'
import { othersOpenChannels } from '../src/scenes/others-open-channels.ts'
import { payOut } from '../src/scenes/payouts-go-out.ts'

const folder = mkdtempSync(join(tmpdir(), 'day-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a shop that pays one debt under two keys is found out by what the wallet received', async () => {
  const output = new Writable({ write: (_, __, done) => done() })
  const stage = { file: join(folder, 'payments.db'), pause: 0, output }
  const { evidence } = await playSimulatedDay(stage, async (day) => {
    await keeperOpensChannels(day)
    await othersOpenChannels(day)
    await customersPay(day)
    const [first, second] = ['rent', 'rent-again'].map((key) => day.owe(key, 'farm', 40_000))
    day.debts.clear()
    const paymentHashes = [first!.paymentHash, second!.paymentHash]
    day.debts.set('rent', { amountMsat: 40_000_000n, paymentHashes })
    for (const owed of [first!, second!]) {
      const { id } = await payOut(day, 'farm', owed)
      await day.shop.heard('payout.succeeded', ({ payout }) => payout.id === id)
    }
  })
  const audit = auditDay(evidence)
  expect(audit.paidTwice).toBe(1)
  expect(findFaults(audit)).toEqual(['a debt was paid twice'])
}, 60_000)

test('a channel that was opened behind the back of the shop is found out by what its LND says', async () => {
  const output = new Writable({ write: (_, __, done) => done() })
  const stage = { file: join(folder, 'channels.db'), pause: 0, output }
  const { evidence } = await playSimulatedDay(stage, async (day) => {
    await keeperOpensChannels(day)
    const { lnd, hubs } = day.world
    lnd.openChannel(hubs.ridge, { capacitySat: 500_000n, memo: 'payment-node/not-so' })
    await day.nextBlock()
    await day.tell('shop', 'closes')
  })
  const audit = auditDay(evidence)
  expect(audit.strayChannels).toBe(1)
  expect(findFaults(audit)).toContain('the channels are not those that were meant')
}, 60_000)
