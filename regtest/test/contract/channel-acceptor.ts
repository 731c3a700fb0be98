import type { RegtestNode } from '../../node-controls.ts'

/** Decides on behalf of a node which channels it takes. */
export interface ChannelAcceptor extends Disposable {
  /** Resolves when somebody wants to open, who then waits (LND's `acceptortimeout`) for an answer. */
  asked(): Promise<void>
  /** Answers the open that waits. */
  accept(): void
  /** The same with a refusal in these words. */
  reject(words: string): void
}

/** LND's ChannelAcceptor; disposing of it leaves decisions to the node again. */
export async function startAcceptor(node: RegtestNode): Promise<ChannelAcceptor> {
  const stream = node.duplex<{ pending_chan_id: Buffer }>('lnrpc.Lightning', 'ChannelAcceptor')
  const waiting: Buffer[] = []
  let wake = (): void => {}
  stream.on('error', () => {})
  stream.on('data', ({ pending_chan_id }) => {
    waiting.push(pending_chan_id)
    wake()
  })
  // LND does not say when it has it; what is asked on the same connection comes later.
  await node.info()
  await node.info()
  const answer = (fields: object): void => {
    const pending_chan_id = waiting.shift()
    if (pending_chan_id === undefined) throw new Error('nobody waits for an answer')
    stream.write({ pending_chan_id, ...fields })
  }
  return {
    asked: async () => {
      if (waiting.length > 0) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    },
    accept: () => answer({ accept: true }),
    reject: (words) => answer({ accept: false, error: words }),
    [Symbol.dispose]: () => stream.cancel(),
  }
}
