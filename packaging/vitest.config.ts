import { defineConfig } from 'vitest/config'

// Consumers of the packed packages. `pnpm test:packages` builds first.
export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ['test/**/*.test.ts'],
    globalSetup: [`${import.meta.dirname}/install-consumer.ts`],
    testTimeout: 120_000,
  },
})
