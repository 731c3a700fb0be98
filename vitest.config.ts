import { defineConfig } from 'vitest/config'

const conditions = ['dev-source']
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
}
// For what hangs, not for what is slow: two cores may be busy with something else.
const testTimeout = 30_000
const core = 'packages/core/test/**/*.test.ts'

export default defineConfig({
  test: {
    projects: [
      // Tests of core touch no global state: files share a process, which halves their time.
      { ...shared, test: { name: 'core', testTimeout, include: [core], isolate: false } },
      {
        ...shared,
        test: {
          name: 'others',
          testTimeout,
          include: [
            '{packages,examples}/*/test/**/*.test.ts',
            '{docs,.ci,simulation}/test/**/*.test.ts',
          ],
          exclude: [core],
        },
      },
    ],
  },
})
