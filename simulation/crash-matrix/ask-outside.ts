import type { SimulatedProcess, World } from '@payment-node/testkit'

/** Milliseconds that a question takes, and its answer back. */
const latency = 25

/**
 * A question of a process to somebody outside, in three steps: before it has left, when it is done there, when the
 * answer is here. What has left is done also when the process dies; nothing arrives at a dead one.
 */
export function askOutside<T>(
  world: World,
  process: SimulatedProcess,
  name: string,
  ask: () => Promise<T>,
): Promise<T> {
  const take = (moment: 'before' | 'effect' | 'reply'): void => {
    if (!process.isAlive) return
    const step = { process: process.name, name: `${name}/${moment}`, parameters: [] }
    if (world.steps.take(step)?.kill) process.kill()
  }
  const asked = async (): Promise<T> => {
    take('before')
    if (!process.isAlive) return never()
    await world.clock.sleep(latency)
    const [answer] = await Promise.allSettled([ask()])
    take('effect')
    await world.clock.sleep(latency)
    take('reply')
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  }
  return new Promise((resolve, reject) => {
    asked().then(
      (value) => void (process.isAlive && resolve(value)),
      (error: unknown) => void (process.isAlive && reject(error)),
    )
  })
}

/** What a dead process waits for. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined)
}
