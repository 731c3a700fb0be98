import { sell } from './smallest.ts'

const node = await sell((orderId) => console.log(`order ${orderId} is paid`))
process.once('SIGINT', () => void node.stop())
