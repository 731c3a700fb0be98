import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isQuiet, judgeProof, type ProofSnapshot } from '../../src/domain/proof.ts'

const still: ProofSnapshot = {
  assets: [
    { name: 'wallet', low: 400n, high: 400n },
    { name: 'channels', low: 600n, high: 600n },
  ],
  before: { owedMsat: 300n, operatorMsat: 700n },
  after: { owedMsat: 300n, operatorMsat: 700n },
  inFlightMsat: 0n,
  unbookedMsat: 0n,
  slackMsat: 0n,
  roundingMsat: 0n,
}
const owning = (low: bigint, high = low): Pick<ProofSnapshot, 'assets'> => ({
  assets: [{ name: 'wallet', low, high }],
})

test('what follows from books and assets', () => {
  const rows: readonly [string, Partial<ProofSnapshot>, string, bigint][] = [
    ['equal', {}, 'proved', 0n],
    ['one msat is missing', owning(999n), 'short', 1n],
    ['one msat too much', owning(1001n), 'surplus', 1n],
    ['within the bounds of the assets', owning(500n, 1000n), 'proved', 0n],
    ['just out of the bounds', owning(500n, 999n), 'short', 1n],
    ['less than partners are owed', owning(299n), 'insolvent', 1n],
    ['as much as partners are owed', owning(300n), 'short', 700n],
    ['a payout that LND may have paid', { ...owning(900n), inFlightMsat: 100n }, 'proved', 0n],
    ['it explains no more than itself', { ...owning(899n), inFlightMsat: 100n }, 'short', 1n],
    ['a withdrawal that is not final', { ...owning(800n), unbookedMsat: -200n }, 'proved', 0n],
    ['a deposit that is not final', { ...owning(1200n), unbookedMsat: 200n }, 'proved', 0n],
    ['a close that is not booked', { ...owning(950n), slackMsat: 50n }, 'proved', 0n],
    [
      'credited while LND was read',
      { ...owning(990n), after: { owedMsat: 310n, operatorMsat: 700n } },
      'proved',
      0n,
    ],
    ['fractions that closed channels lost', { ...owning(998n), roundingMsat: 2n }, 'proved', 0n],
    [
      "fractions of the peer's that were booked as lost",
      { ...owning(1002n), roundingMsat: 2n },
      'proved',
      0n,
    ],
    ['more than such fractions', { ...owning(1003n), roundingMsat: 2n }, 'surplus', 1n],
    [
      'an indebted operator',
      {
        ...owning(290n),
        before: { owedMsat: 300n, operatorMsat: -10n },
        after: { owedMsat: 300n, operatorMsat: -10n },
      },
      'insolvent',
      10n,
    ],
  ]
  for (const [name, change, verdict, differenceMsat] of rows) {
    expect(judgeProof({ ...still, ...change }), name).toMatchObject({ verdict, differenceMsat })
  }
})

test('whatever moves: a certain loss is found, and what the bounds allow is none', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 12n })
  fc.assert(
    fc.property(amount, amount, amount, amount, amount, (owed, own, flight, slack, lost) => {
      const total = owed + own
      const books = { owedMsat: owed, operatorMsat: own }
      const common = { before: books, after: books, unbookedMsat: 0n, roundingMsat: 0n }
      if (flight + slack > total) return
      const explained = flight + slack
      const bounded = { ...common, inFlightMsat: flight, slackMsat: slack }
      const { verdict } = judgeProof({ ...bounded, ...owning(0n, total - explained) })
      expect(['proved', 'insolvent']).toContain(verdict)
      if (lost === 0n || lost > total) return
      const found = judgeProof({
        ...common,
        inFlightMsat: 0n,
        slackMsat: 0n,
        ...owning(total - lost),
      })
      expect(['short', 'insolvent']).toContain(found.verdict)
      expect(found.expected.low - found.assets.high).toBe(lost)
    }),
  )
})

test('quiet is only what is certain and still', () => {
  const rows: readonly [string, Partial<ProofSnapshot>, boolean][] = [
    ['still', {}, true],
    ['books moved', { after: { owedMsat: 301n, operatorMsat: 700n } }, false],
    ['moved within the books', { after: { owedMsat: 301n, operatorMsat: 699n } }, false],
    ['a payout under way', { inFlightMsat: 1n }, false],
    ['a close that is not booked', { slackMsat: 1n }, false],
    [
      'a channel opens',
      { assets: [{ name: 'channels opening', low: 0n, high: 5n, mayOverlap: true }] },
      false,
    ],
    ['a rounded channel', { assets: [{ name: 'channels', low: 0n, high: 5n }] }, true],
    [
      'no channel opens',
      { assets: [{ name: 'channels opening', low: 0n, high: 0n, mayOverlap: true }] },
      true,
    ],
  ]
  for (const [name, change, expected] of rows) {
    expect(isQuiet({ ...still, ...change }), name).toBe(expected)
  }
})
