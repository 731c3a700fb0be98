/** Which of the test workers this process belongs to, or was started by; 1 outside of tests. */
export const workerNumber = Number(process.env.VITEST_POOL_ID ?? 1)
