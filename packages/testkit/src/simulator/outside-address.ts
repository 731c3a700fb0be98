import { bech32 } from '@scure/base'
import { createSeededRandom } from '../network/seeded-random.ts'
import type { World } from './world.ts'

/** An address of somebody outside, the same for the same name. */
export function addressOf({ seed }: Pick<World, 'seed'>, name: string): string {
  const program = createSeededRandom(`address/${seed}/${name}`).bytes(20)
  return bech32.encode('bcrt', [0, ...bech32.toWords(program)])
}
