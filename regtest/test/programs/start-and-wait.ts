/** Starts a small network, says what it started, and then does what the first argument says. */
import { startNetwork } from '../../network.ts'

const network = await startNetwork({ nodes: [{ alias: 'mortal', fundSat: 0 }] })
const { chain, nodes } = network.details
const started = [chain, ...nodes].map(({ pid, folder }) => ({ pid, folder }))
process.stdout.write(`${JSON.stringify(started)}\n`)
if (process.argv[2] === 'throw') {
  setImmediate(() => {
    throw new Error('nobody catches this')
  })
}
if (process.argv[2] === 'exit') process.exit(3)
