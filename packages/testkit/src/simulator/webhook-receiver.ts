import { mannersOf } from './manners.ts'
import { type WebAnswer, webAnswer } from './simulated-web.ts'
import type { World } from './world.ts'

/** How a receiver fails. */
export type ReceiverTrouble = 'error' | 'silence' | 'gone' | 'slow' | 'redirect'

const host = 'hooks.test'
/** Milliseconds: less than core waits. */
const slowly = 12_000

/** A place of the host that webhooks are sent to; answers its URL. What arrives is written down. */
export function openReceiver(world: World, name: string): string {
  world.web.serve(host, async ({ url, headers = {}, body = '' }) => {
    const trouble = troubleOf(world, new URL(url).pathname.slice(1))
    // What it answers says nothing about what it did.
    if (trouble !== 'redirect' && trouble !== 'gone') {
      world.records.arrivals.push({ url, headers, body })
    }
    return answer(world, trouble)
  })
  return `https://${host}/${name}`
}

async function answer(world: World, trouble: ReceiverTrouble | undefined): Promise<WebAnswer> {
  switch (trouble) {
    case 'error':
      return webAnswer(500, 'oops')
    case 'silence':
      return 'silence'
    case 'gone':
      return webAnswer(410, 'gone')
    case 'redirect':
      return webAnswer(302, '', { location: `https://${host}/elsewhere` })
    case 'slow':
      await world.clock.sleep(slowly)
      return webAnswer(200, 'at last')
    default:
      return webAnswer(204, '')
  }
}

function troubleOf(world: World, name: string): ReceiverTrouble | undefined {
  const manner = mannersOf(world).receivers.get(name)
  if (!manner || manner.left <= 0 || world.isHealing) return undefined
  manner.left--
  manner.done()
  return manner.trouble
}
