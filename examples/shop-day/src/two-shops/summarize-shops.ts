import { group } from '../clock-face.ts'
import type { SideNumbers, TwoShopsState } from './page-state.ts'

/** What the two shops came to, as names and values for people. */
export function summarizeShops({ sides, flows }: TwoShopsState): [string, string][] {
  const to = (name: string): number =>
    flows.filter((flow) => flow.to === name).reduce((sum, { sat }) => sum + sat, 0)
  const costs = ['swap providers', 'miners', 'routing'].map((name) => `${name} ${whole(to(name))}`)
  const partners = to('paid over Lightning') + to('paid on chain')
  return [
    ['with the library', inWords(sides.library)],
    ['without it', inWords(sides.bare)],
    ['paid to partners', `${whole(partners)}; it cost in sat: ${costs.join(', ')}`],
    ['kept as profit', `${whole(to('profit'))}, after all costs`],
  ]
}

function inWords({ wanted, paid, lost, lostSat, reasons }: SideNumbers): string {
  const why = reasons.map(([reason, times]) => `${times} ${reason}`).join(', ')
  const missed = lost === 0 ? 'all sold' : `${lost} not sold (${why}), ${whole(lostSat)}`
  return `${paid} of ${wanted} purchases paid, ${missed}`
}

function whole(sat: number): string {
  return `${group(BigInt(Math.round(sat)))} sat`
}
