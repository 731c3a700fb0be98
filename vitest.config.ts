import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['dev-source'] },
  ssr: { resolve: { conditions: ['dev-source'] } },
  test: {
    include: ['{packages,examples}/*/test/**/*.test.ts', '{docs,.ci,simulation}/test/**/*.test.ts'],
  },
})
