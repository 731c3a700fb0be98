import { simulate } from '@payment-node/testkit'
import { expect, test } from 'vitest'

test('a host without a day is a run all the same; unknown faults are named', async () => {
  const { seeds } = await simulate({ seeds: 2, horizon: 5000 }, () => ({
    day: async () => undefined,
  }))
  expect(seeds).toBe(2)
  await expect(
    simulate({ faults: ['lnd-on-fire'] }, () => ({ day: async () => undefined })),
  ).rejects.toThrow('There is no fault "lnd-on-fire"')
})

test('each run has a host and processes of its own, and its promise is asked at every commit', {
  timeout: 30_000,
}, async () => {
  const hosts: string[] = []
  let opened = 0
  let asked = 0
  await simulate(
    { seeds: 3, faults: ['crash-any-time'], horizon: 60_000 },
    ({ seed, ask, note }) => {
      hosts.push(String(seed))
      return {
        open: () => void opened++,
        async day() {
          note('the day begins')
          const answer = await ask('partner', (node) => node.partners.upsert({ id: 'm1' }))
          expect(answer).toMatchObject({ value: { id: 'm1' } })
          const refused = await ask('nobody', (node) => node.partners.get('nobody here'))
          expect(refused).toEqual({ refused: 'input.invalid' })
        },
        holds: () => void asked++,
      }
    },
  )
  expect(hosts).toEqual(['1', '2', '3'])
  expect(opened).toBeGreaterThan(3)
  expect(asked).toBeGreaterThan(10)
})

test("the host's broken promise ends the run with its words", async () => {
  const failing = simulate({ seeds: 1, faults: [], horizon: 5000 }, ({ ask }) => ({
    day: async () => void (await ask('partner', (node) => node.partners.upsert({ id: 'm1' }))),
    holdsInTheEnd: () => 'the shop is closed',
  }))
  await expect(failing).rejects.toThrow('host: the shop is closed')
  await expect(failing).rejects.toMatchObject({ seed: 1, faults: [] })
})
