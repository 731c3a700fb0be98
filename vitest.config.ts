import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['dev-source'] },
  ssr: { resolve: { conditions: ['dev-source'] } },
  test: {
    // For what hangs, not for what is slow: two cores may be busy with something else.
    testTimeout: 30_000,
    include: ['{packages,examples}/*/test/**/*.test.ts', '{docs,.ci,simulation}/test/**/*.test.ts'],
  },
})
