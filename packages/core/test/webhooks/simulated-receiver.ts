import type { Http, HttpRequest } from '@payment-node/core'

/** One request as a receiver in virtual time got it. */
export interface Arrived {
  readonly at: number
  readonly url: string
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The web in virtual time: one receiver behind every URL. */
export interface SimulatedReceiver extends Http {
  readonly arrived: readonly Arrived[]
  /** The status, or an error when nothing comes back; default 204. */
  answer: (arrived: Arrived) => number | Error | Promise<number>
}

export function simulatedReceiver(clock: { now(): number }): SimulatedReceiver {
  const arrived: Arrived[] = []
  const receiver: SimulatedReceiver = {
    contractVersion: 1,
    arrived,
    answer: () => 204,
    async request({ url, headers = {}, body = '' }: HttpRequest) {
      const one = { at: clock.now(), url, id: headers['webhook-id']!, headers, body }
      arrived.push(one)
      const answer = await receiver.answer(one)
      if (answer instanceof Error) throw answer
      return { status: answer, headers: {}, body: '' }
    },
  }
  return receiver
}
