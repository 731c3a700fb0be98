import assert from 'node:assert/strict'
import { item } from './rows.ts'
import { accept, event, type Promised } from './under-test.ts'

export function wakesContract(promised: Promised): void {
  promised(
    'a listener is woken after a commit and then finds what was committed',
    async ({ storage }) => {
      const found = new Promise<string[]>((resolve, reject) => {
        const unsubscribe = storage.onWake(() => {
          storage.events(0n, 9).then((page) => {
            if (page.length === 0) return
            unsubscribe()
            resolve(page.map(({ body }) => body))
          }, reject)
        })
      })
      await accept(storage, { writes: [item('a')], events: [event('item', 'found')] })
      assert.deepEqual(await found, ['found'])
    },
  )

  promised(
    'an unsubscribed listener stays asleep, and unsubscribing twice does no harm',
    async ({ storage }) => {
      let calls = 0
      const unsubscribe = storage.onWake(() => {
        calls++
      })
      unsubscribe()
      unsubscribe()
      const woken = new Promise<void>((resolve) => {
        storage.onWake(resolve)
      })
      await accept(storage, [item('a')])
      await woken
      assert.equal(calls, 0)
    },
  )

  promised(
    'a listener that throws harms neither the commit nor the other listeners',
    async ({ storage }) => {
      storage.onWake(() => {
        throw new Error('thrown by a listener')
      })
      const woken = new Promise<void>((resolve) => {
        storage.onWake(resolve)
      })
      await accept(storage, [item('a')])
      await woken
      await accept(storage, [item('b')])
    },
  )
}
