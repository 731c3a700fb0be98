import { cheapestLever } from '@payment-node/core'
import type { Section } from '../bench.ts'
import { generateLiquidity, type LiquidityCase, settings } from '../generate-liquidity.ts'
import type { Measurement } from '../measurement.ts'
import { median, rangeOf } from '../statistics.ts'

const warmUp = 20
const rounds = 100

const cases: readonly (readonly [which: LiquidityCase, says: string, expected: string])[] = [
  ['enough', 'a plan, enough can be received', 'enough enough'],
  ['usual', 'a plan, inbound low', 'act inbound-low'],
  ['thousands', 'a plan, inbound urgent, thousands of partners paid', 'act inbound-urgent'],
  ['refused', 'a plan, inbound low, everything too dear', 'blocked price-above-ceiling'],
]

/** What the autopilot's decision costs: the pure policy, without what reads its snapshot. */
export const liquidity: Section = {
  name: 'liquidity',
  says: 'the policy of inbound with 1,000 channels, 10,000 partners and 3 providers of swaps',
  async measure({ report }) {
    return cases.flatMap(([which, says, expected]): Measurement[] => {
      const times: number[] = []
      let processorTime = 0
      let actions = 0
      for (let round = 0; round < warmUp + rounds; round++) {
        // Each round another one: nothing is remembered from the one before.
        const snapshot = generateLiquidity(which, round + 1)
        const [before, processor] = [performance.now(), process.threadCpuUsage()]
        const plan = cheapestLever(snapshot, settings)
        const took = performance.now() - before
        const { user, system } = process.threadCpuUsage(processor)
        const decided = `${plan.verdict} ${plan.reason}`
        if (decided !== expected) throw new Error(`${which}: ${decided}, not ${expected}`)
        actions = plan.actions.length
        if (round < warmUp) continue
        times.push(took)
        processorTime += (user + system) / 1000
      }
      report(`liquidity: ${which}, ${actions} actions`)
      const section = liquidity.name
      const target = { atMost: 50 }
      return [
        { section, what: says, value: median(times), range: rangeOf(times), unit: 'ms', target },
        // The mean: the clock of processors is coarse. What else runs on the machine takes little part in it.
        { section, what: 'CPU of it, mean', value: processorTime / rounds, unit: 'ms' },
      ]
    })
  },
}
