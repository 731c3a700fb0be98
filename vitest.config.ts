import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Some hundred processes are started, most by tests, and each loads the sources as they are: what Node
// has made of a file once (found again by its content) is taken by all, which saves half a second each.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled')

const conditions = ['dev-source']
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
}
// For what hangs, not for what is slow: two cores may be busy with something else.
const testTimeout = 30_000
const core = 'packages/core/test/**/*.test.ts'
// A simulation forbids timers and the like in its whole process: what others have left running there would be found.
const simulated = [
  'packages/testkit/test/simulator/**/*.test.ts',
  'examples/shop-under-faults/test/**/*.test.ts',
  'simulation/test/**/*.test.ts',
  // It takes checks out of core.
  'packages/core/test/swaps/checks-removed.test.ts',
]

export default defineConfig({
  test: {
    // One more than there are cores: some tests wait in real time.
    maxWorkers: 3,
    projects: [
      // Tests touch no global state: files share a process, which halves their time.
      {
        ...shared,
        test: { name: 'core', testTimeout, include: [core], exclude: simulated, isolate: false },
      },
      {
        ...shared,
        test: {
          name: 'others',
          testTimeout,
          isolate: false,
          include: [
            '{packages,examples}/*/test/**/*.test.ts',
            '{docs,.ci,simulation}/test/**/*.test.ts',
          ],
          exclude: [core, ...simulated],
        },
      },
      { ...shared, test: { name: 'simulated', testTimeout, include: simulated } },
    ],
  },
})
