/** Opens the file, says so, and keeps it until its input ends. */
import { writeSync } from 'node:fs'
import { PaymentNodeError } from '@payment-node/core'
import { sqlite } from '../../src/index.ts'
import { environment, note, schema } from '../books.ts'

const storage = sqlite({ file: process.argv[2]! })
try {
  await storage.open(schema, environment)
  await storage.commit({ writes: [note(`by ${process.pid}`, process.pid)] })
  writeSync(1, 'open\n')
  process.stdin.resume()
  await new Promise((resolve) => process.stdin.once('end', resolve))
  await storage.close()
  writeSync(1, 'closed\n')
} catch (error) {
  writeSync(1, `${PaymentNodeError.is(error) ? error.code : String(error)}\n`)
}
