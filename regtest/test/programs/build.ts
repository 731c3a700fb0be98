/** Asks for the programs; what is missing is told on standard error. */
import { buildBinaries } from '../../build-binaries.ts'

await buildBinaries('0.21', () => {}).catch((error: Error) => {
  process.stderr.write(error.message)
  process.exit(1)
})
