import assert from 'node:assert/strict'
import type { SwapReport } from '@payment-node/core'
import type { Rule } from './rule.ts'
import { rejectionOf } from './rule.ts'

/** What the provider says of swaps. */
export const statusRules: readonly Rule[] = [
  {
    rule: "a status is the server's own word, about the swap that was asked for",
    why: 'it is shown to people; core decides by its own node and chain',
    async run({ connect, newSwap }) {
      const provider = connect()
      const [one, other] = [await provider.create(newSwap()), await provider.create(newSwap())]
      const ids = [one, other].map(({ providerId }) => providerId)
      const reports = await Promise.all(ids.map((id) => provider.status(id)))
      assert.deepEqual(
        reports.map(({ providerId }) => providerId),
        ids,
      )
      for (const { status } of reports) assert.ok(status.length > 0, 'an empty status')
    },
  },
  {
    rule: 'a swap that the server does not know is refused, and others are not',
    why: 'one swap that the server has lost must not hide the others',
    needs: ['status-unknown-swap'],
    async run({ connect, newSwap }) {
      const provider = connect()
      const { providerId } = await provider.create(newSwap())
      const [lost, found] = await Promise.allSettled([
        provider.status('nobodyknows1'),
        provider.status(providerId),
      ])
      assert.equal(found.status, 'fulfilled', 'the status of the other swap')
      const work = lost.status === 'fulfilled' ? lost.value : Promise.reject(lost.reason)
      await rejectionOf(provider, 'status', Promise.resolve(work), 'swap.refused')
    },
  },
  {
    rule: 'a status that the protocol does not have is passed on',
    why: 'operators add words, and a swap with a new word is still a swap',
    needs: ['status-unknown-word'],
    async run({ connect, newSwap, misbehave }) {
      const provider = connect()
      const { providerId } = await provider.create(newSwap())
      misbehave('status-unknown-word')
      assert.ok((await provider.status(providerId)).status.length > 0)
    },
  },
  {
    rule: 'a watch tells how the swaps are, and then that one is locked up, with the transaction',
    why: 'it is what makes a swap go on at once instead of at the next look',
    async run({ connect, newSwap, lockUp }) {
      const provider = connect()
      const [one, other] = [await provider.create(newSwap()), await provider.create(newSwap())]
      const ending = new AbortController()
      const seen = new Set<string>()
      let paying: Promise<string> | undefined
      let told: SwapReport | undefined
      const ids = [one.providerId, other.providerId]
      for await (const report of provider.watch(ids, ending.signal)) {
        assert.ok(ids.includes(report.providerId), `a report about ${report.providerId}`)
        seen.add(report.providerId)
        if (seen.size === 2) paying ??= lockUp(one.providerId)
        if (report.lockupTransaction === undefined) continue
        told = report
        ending.abort()
      }
      assert.equal(told?.providerId, one.providerId)
      assert.equal(told.lockupTransaction, await paying, 'lockupTransaction')
    },
  },
  ...(
    ['web-socket-refused', 'web-socket-drops', 'web-socket-garbage', 'web-socket-silent'] as const
  ).map(
    (fault): Rule => ({
      rule: `a watch tells how the swaps are without a live channel for updates (${fault})`,
      why: 'a dead channel must not hold up a swap, nor the start of the node',
      needs: [fault],
      async run({ connect, newSwap, misbehave }) {
        const provider = connect()
        const { providerId } = await provider.create(newSwap())
        misbehave(fault)
        const ending = new AbortController()
        for await (const report of provider.watch([providerId], ending.signal)) {
          assert.equal(report.providerId, providerId)
          ending.abort()
        }
        assert.ok(ending.signal.aborted, 'the watch ended without a report')
      },
    }),
  ),
  {
    rule: 'a watch of a server that is gone ends by throwing',
    why: 'core then asks again after a pause, and counts it',
    needs: ['vanished'],
    async run({ connect, newSwap, misbehave }) {
      const provider = connect()
      const { providerId } = await provider.create(newSwap())
      misbehave('vanished')
      const watch = provider.watch([providerId], new AbortController().signal)
      const work = watch[Symbol.asyncIterator]().next()
      await rejectionOf(provider, 'watch', work, 'swap.provider-failed')
    },
  },
  {
    rule: 'a watch ends well when its signal fires, also before anything has come',
    why: 'whoever stops the node waits for it',
    async run({ connect }) {
      const ending = new AbortController()
      const watch = connect().watch([], ending.signal)[Symbol.asyncIterator]()
      const end = watch.next()
      ending.abort()
      assert.equal((await end).done, true)
      const late = connect().watch(['any-swap-1'], AbortSignal.abort())[Symbol.asyncIterator]()
      assert.equal((await late.next()).done, true)
    },
  },
]
