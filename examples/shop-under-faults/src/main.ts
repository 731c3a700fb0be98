import { SimulationError } from '@payment-node/testkit'
import { simulateShop } from './simulate-shop.ts'

const seeds = 40

const { happenings } = await simulateShop('durable', { seeds })
const struck = [...happenings].map(([fault, count]) => `${fault} ${count}`).join(', ')
console.log(`${seeds} bad days, every paid order shipped once. What happened: ${struck}.\n`)

try {
  await simulateShop('live', { seeds })
  console.log('The shop that only listens live was lucky.')
} catch (error) {
  if (!(error instanceof SimulationError)) throw error
  console.log(`The shop that only listens live loses an order:\n\n${error.message}`)
}
