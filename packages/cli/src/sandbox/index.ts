export { type RunningSandbox, runSandbox } from './run-sandbox.ts'
export { sandboxRoutes } from './sandbox-routes.ts'
