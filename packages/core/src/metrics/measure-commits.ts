import type { Clock } from '../ports/clock.ts'
import type { Meter } from '../ports/meter.ts'
import type { Change, Storage } from '../ports/storage.ts'
import { countEvents } from './count-events.ts'

/**
 * The same storage; each commit is recorded as `payment_node.storage.commit.duration` (seconds), and its events
 * are counted when it is durable.
 */
export function measureCommits(storage: Storage, meter: Meter, clock: Clock): Storage {
  const commit = async (change: Change): ReturnType<Storage['commit']> => {
    const start = clock.monotonic()
    const end = (result: string): void =>
      meter.record('payment_node.storage.commit.duration', (clock.monotonic() - start) / 1000, {
        'payment_node.commit.result': result,
      })
    try {
      const answer = await storage.commit(change)
      end(answer.committed ? 'committed' : answer.reason)
      if (answer.committed) countEvents(change.events ?? [], meter)
      return answer
    } catch (error) {
      end('error')
      throw error
    }
  }
  return new Proxy(storage, {
    get(target, name) {
      if (name === 'commit') return commit
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
