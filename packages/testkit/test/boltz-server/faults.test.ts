import { expect, test } from 'vitest'
import { type BoltzFault, boltzFaults } from '../../src/boltz-server/index.ts'
import type { Probe, Probes } from './probes/probe.ts'
import { answersProbes, refusals } from './probes/probe-answers.ts'
import { lockupProbes } from './probes/probe-lockup.ts'
import { tellingProbes } from './probes/probe-telling.ts'
import { termsProbes } from './probes/probe-terms.ts'
import { createWorld } from './simulated-world.ts'

const groups: Readonly<Record<string, Probes>> = {
  'what a creation tells': termsProbes,
  'whether and how it answers': answersProbes,
  'lockup and claim': lockupProbes,
  'what it tells of a swap': tellingProbes,
}

async function failureOf(probe: Probe, faults: readonly BoltzFault[]): Promise<string | undefined> {
  const world = createWorld(faults)
  try {
    await probe(world)
    return faults.every((fault) => world.server.faults.struck.includes(fault))
      ? undefined
      : 'it was never struck'
  } catch (error) {
    return String(error).slice(0, 300)
  } finally {
    await world.server.close()
  }
}

for (const [name, probes] of Object.entries(groups)) {
  test(`each fault does what it says, and an honest server does not: ${name}`, async () => {
    const wrong: string[] = []
    for (const [name, probe] of Object.entries(probes)) {
      const failure = await failureOf(probe, [name as BoltzFault])
      if (failure !== undefined) wrong.push(`${name}: ${failure}`)
      if ((await failureOf(probe, [])) === undefined) wrong.push(`${name}: also without the fault`)
    }
    expect(wrong).toEqual([])
  })
}

test('every fault is probed', () => {
  const probed = Object.values(groups).flatMap((probes) => Object.keys(probes))
  expect(probed.toSorted()).toEqual(Object.keys(boltzFaults).toSorted())
})

test('an honest server refuses what no server takes, in the words of the protocol', async () => {
  const wrong: string[] = []
  for (const [name, request, says] of refusals) {
    const world = createWorld()
    const answer = await request(world).then(
      () => 'no refusal',
      (error: unknown) => String(error),
    )
    if (!says.test(answer)) wrong.push(`${name}: ${answer}`)
    await world.server.close()
  }
  expect(wrong).toEqual([])
})
