import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseCoins } from '../../src/domain/choose-coins.ts'
import { fundingFeeSat } from '../../src/domain/keeper-money.ts'

const coin = (amountSat: bigint, position: number) => ({
  outpoint: `${String(position).padStart(64, '0')}:0`,
  amountSat,
  confirmations: 1,
  address: '',
})

test('the largest coins first, and no more than are needed', () => {
  const coins = [50_000n, 900_000n, 300_000n].map(coin)
  expect(chooseCoins(800_000n, coins, 2)?.outpoints).toEqual([coins[1]!.outpoint])
  expect(chooseCoins(900_000n, coins, 2)?.outpoints).toEqual([
    coins[1]!.outpoint,
    coins[2]!.outpoint,
  ])
  expect(chooseCoins(1_250_000n, coins, 2)).toBeUndefined()
})

test('what is chosen pays for the channel, the fee of its inputs and a change output', () => {
  const amounts = fc.array(fc.bigInt({ min: 1n, max: 10_000_000n }), { maxLength: 12 })
  fc.assert(
    fc.property(
      amounts,
      fc.bigInt({ min: 20_000n, max: 16_777_215n }),
      fc.integer({ min: 1, max: 500 }),
      (list, capacity, satPerVbyte) => {
        const coins = list.map(coin)
        const chosen = chooseCoins(capacity, coins, satPerVbyte)
        const all = list.reduce((sum, amount) => sum + amount, 0n)
        if (!chosen) {
          // Adding every coin would not do either, unless the small ones cost more than they bring.
          const worthwhile = list.filter((amount) => amount > 68n * BigInt(satPerVbyte))
          const sum = worthwhile.reduce((total, amount) => total + amount, 0n)
          expect(sum).toBeLessThan(capacity + fundingFeeSat(satPerVbyte, worthwhile.length) + 1000n)
          return
        }
        const sum = coins
          .filter(({ outpoint }) => chosen.outpoints.includes(outpoint))
          .reduce((total, { amountSat }) => total + amountSat, 0n)
        expect(chosen.feeSat).toBe(fundingFeeSat(satPerVbyte, chosen.outpoints.length))
        expect(sum).toBeGreaterThanOrEqual(capacity + chosen.feeSat + 1000n)
        expect(sum).toBeLessThanOrEqual(all)
        expect(new Set(chosen.outpoints).size).toBe(chosen.outpoints.length)
      },
    ),
  )
})
