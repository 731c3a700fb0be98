import { pick, someStep, someTime } from './choose.ts'
import type { FaultKind } from './fault.ts'

/** Processes that stand still, come twice, or wake up with old books. */
export const processFaults: readonly FaultKind[] = [
  {
    name: 'process-paused',
    says: 'A process stands still for so long that its lease may end, and goes on as if nothing had happened.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        milliseconds: pick(random, [3000, 12_000, 20_000, 60_000, 300_000]),
        process: pick(random, ['a', 'b']),
      },
    }),
    strike(world, fault) {
      const { process, milliseconds } = fault.parameters as {
        process: string
        milliseconds: number
      }
      const running = world.places.find(({ name }) => name === process)?.process
      if (!running) return undefined
      running.pauseFor(milliseconds)
      world.happened(fault)
      return undefined
    },
  },
  {
    name: 'paused-before-call',
    says: 'A process stands still between its last look at its lease and the call to LND, which then still goes out.',
    plan: (random, frame) => ({
      trigger: someStep(
        random,
        frame,
        `lightning.${pick(random, ['pay', 'pay', 'pay', 'createInvoice', 'cancelInvoice'])}/before`,
      ),
      parameters: { milliseconds: pick(random, [5000, 20_000, 90_000, 400_000]) },
    }),
    strike(world, fault) {
      world.happened(fault)
      return { pauseMilliseconds: fault.parameters.milliseconds as number }
    },
  },
  {
    name: 'paused-at-commit',
    says: 'A process stands still around a commit.',
    plan: (random, frame) => ({
      trigger: someStep(random, frame, `storage.commit/${pick(random, ['before', 'after'])}`, 6),
      parameters: { milliseconds: pick(random, [5000, 20_000, 90_000]) },
    }),
    strike(world, fault) {
      world.happened(fault)
      return { pauseMilliseconds: fault.parameters.milliseconds as number }
    },
  },
  {
    name: 'second-instance',
    says: 'The host is started a second time by mistake, on books that only one process may have open.',
    plan: (random, frame) =>
      frame.isShared ? undefined : { trigger: someTime(random, frame), parameters: {} },
    strike(world, fault) {
      const [place] = world.places
      if (!place?.isServing) return undefined
      const second = world.openProcess('a')
      void second.node.start().then(
        () => {
          if (place.isServing)
            world.violate({
              invariant: 'one-process-per-exclusive-books',
              says: 'Books that one process may have open are refused to a second one.',
              found: 'the second process started',
            })
        },
        () => {
          world.happened(fault)
          second.kill()
        },
      )
      return undefined
    },
  },
  {
    name: 'old-database',
    says: 'The books are replaced by an older copy of themselves.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { age: pick(random, [5000, 40_000, 200_000]) },
    }),
    strike(world, fault) {
      const copy = world.copyBooks()
      void world.clock.sleep(fault.parameters.age as number).then(() => {
        if (world.isHealing || world.violation) return
        // A host makes its partners before it opens; it would not know that one is missing again.
        if (copy.books.table('partners').size < world.books.table('partners').size) return
        for (const place of world.places) place.kill(3000)
        world.restore(copy)
        world.happened(fault)
      })
      return undefined
    },
  },
]
