import { PaymentNodeError } from '@payment-node/core'
import {
  allInvariants,
  ask,
  type Invariant,
  planRun,
  runPlan,
  shrinkFaults,
} from '@payment-node/testkit'
import { expect, test } from 'vitest'

/** Breaks as soon as LND was restarted: what a bug that needs this fault looks like. */
const noRestart: Invariant = {
  name: 'no-restart',
  says: 'LND is never restarted.',
  begin: ({ books }) => ({
    commit: () =>
      books.events.some(({ type }) => type === 'node.degraded') ? 'it was restarted' : undefined,
  }),
}

test('a violation ends the run, and shrinks to the faults that it needs', {
  timeout: 60_000,
}, async () => {
  const plan = planRun(2)
  const noise = planRun(11).faults.filter(({ kind }) => /^(payer|handler|commit)-/.test(kind))
  const options = { invariants: [...allInvariants, noRestart] }
  const result = await runPlan(
    {
      ...plan,
      faults: [
        { kind: 'stream-cut', trigger: { at: 10_000 }, parameters: {} },
        ...noise,
        { kind: 'lnd-down', trigger: { at: 30_000 }, parameters: { milliseconds: 60_000 } },
        {
          kind: 'process-paused',
          trigger: { at: 20_000 },
          parameters: { process: 'a', milliseconds: 3000 },
        },
      ],
    },
    options,
  )
  expect(result.violation).toMatchObject({ invariant: 'no-restart', found: 'it was restarted' })
  expect(result.violation!.at).toBeLessThan(plan.horizon)
  const shrunk = await shrinkFaults(result, options)
  expect(shrunk.violation?.invariant).toBe('no-restart')
  expect(shrunk.plan.faults.map(({ kind }) => kind)).toEqual(['lnd-down'])
  expect(shrunk.lines.at(-1)).toContain('VIOLATION no-restart: it was restarted')
})

test('what holds is not shrunk', async () => {
  const result = await runPlan({ ...planRun(2), faults: [] })
  expect(result.violation).toBeUndefined()
  expect(await shrinkFaults(result)).toBe(result)
})

test('a promise that is rejected for nobody is a violation', async () => {
  const result = await runPlan(
    { ...planRun(2), faults: [] },
    {
      perform: async () => {
        void Promise.reject(new Error('nobody listens'))
      },
    },
  )
  expect(result.violation).toMatchObject({ invariant: 'no-unhandled-rejection' })
})

test('core that reaches for a global is a violation', async () => {
  const result = await runPlan(
    { ...planRun(2), faults: [] },
    {
      open: (_, { node }) => {
        node.handle('node.ready', { consumer: 'clocks' }, () => void Date.now())
      },
    },
  )
  expect(result.violation).toMatchObject({ invariant: 'no-globals' })
  expect(result.violation!.found).toContain('Date.now')
})

test('a second process on books that only one may have open is a violation when it starts', async () => {
  const result = await runPlan({
    ...planRun(2),
    isShared: true,
    faults: [{ kind: 'second-instance', trigger: { at: 10_000 }, parameters: {} }],
  })
  expect(result.violation).toMatchObject({ invariant: 'one-process-per-exclusive-books' })
})

test('a request that is never answered, and work that never ends, are violations', {
  timeout: 60_000,
}, async () => {
  const quiet = { ...planRun(2), faults: [], horizon: 10_000 }
  const unanswered = await runPlan(quiet, {
    perform: async (world) => {
      const away = new PaymentNodeError('node.unavailable', 'Away.', {
        reason: 'unreachable',
        outcome: 'none',
      })
      await ask(world, 'whatever', () => Promise.reject(away))
    },
  })
  expect(unanswered.violation).toMatchObject({
    invariant: 'requests-are-answered',
    found: 'whatever: node.unavailable',
  })
  const endless = await runPlan(quiet, { perform: () => new Promise(() => undefined) })
  expect(endless.violation).toMatchObject({ invariant: 'work-ends' })
})
