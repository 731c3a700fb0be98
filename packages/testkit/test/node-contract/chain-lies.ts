import type {
  ChainWatch,
  LightningNode,
  OutpointSpend,
  OutputConfirmation,
} from '@payment-node/core'
import type { Lie } from './management-lies.ts'

function chainLie(
  noticedBy: string,
  tell: (honest: ChainWatch, node: LightningNode) => Partial<ChainWatch>,
): Lie {
  return {
    noticedBy,
    tell: (node) => ({ chain: { ...node.chain!, ...tell(node.chain!, node) } }),
  }
}

async function* without<T extends { readonly kind: string }>(
  events: AsyncIterable<T>,
  kind: string,
): AsyncGenerator<T, void, undefined> {
  for await (const event of events) if (event.kind !== kind) yield event
}

async function* firstOf<T>(events: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  for await (const event of events) {
    yield event
    return
  }
}

/** Lies about outputs and spends in the chain, and about where payments may go. */
export const chainLies: Record<string, Lie> = {
  'tells an output with too few confirmations': chainLie(
    'an output is told with its transaction, once it has its confirmations',
    (chain) => ({
      watchConfirmation: (watched, signal) =>
        chain.watchConfirmation({ ...watched, confirmations: 1 }, signal),
    }),
  ),
  'tells other bytes of the transaction': chainLie(
    'an output is told with its transaction, once it has its confirmations',
    (chain) => ({
      async *watchConfirmation(watched, signal) {
        for await (const event of chain.watchConfirmation(watched, signal)) {
          const rawTransaction = new Uint8Array(60)
          yield event.kind === 'confirmed' ? { ...event, rawTransaction } : event
        }
      },
    }),
  ),
  'forgets what is in the chain already': chainLie(
    'an output that is confirmed already is told at once',
    (chain, node) => ({
      async *watchConfirmation(watched, signal): AsyncGenerator<OutputConfirmation> {
        const fromHeight = (await node.getInfo()).blockHeight + 1
        yield* chain.watchConfirmation({ ...watched, fromHeight }, signal)
      },
    }),
  ),
  'tells whichever transaction pays the script': chainLie(
    'of two transactions with an output the named one is told',
    (chain) => ({
      watchConfirmation: ({ transactionId: _, ...watched }, signal) =>
        chain.watchConfirmation(watched, signal),
    }),
  ),
  'tells a spend of another input': chainLie(
    'a spend is told when it is in a block, also afterwards',
    (chain) => ({
      async *watchSpend(watched, signal): AsyncGenerator<OutpointSpend> {
        for await (const event of chain.watchSpend(watched, signal)) {
          yield event.kind === 'spent' ? { ...event, inputIndex: event.inputIndex + 1 } : event
        }
      },
    }),
  ),
  'says nothing of a reorganization of an output': chainLie(
    'a reorganization is told, and then the next confirmation and spend',
    (chain) => ({
      watchConfirmation: (watched, signal) =>
        without(chain.watchConfirmation(watched, signal), 'reorganized'),
    }),
  ),
  'says nothing of a reorganization of a spend': chainLie(
    'a reorganization is told, and then the next confirmation and spend',
    (chain) => ({
      watchSpend: (watched, signal) => without(chain.watchSpend(watched, signal), 'reorganized'),
    }),
  ),
  'stops after the first event': chainLie(
    'a reorganization is told, and then the next confirmation and spend',
    (chain) => ({ watchSpend: (watched, signal) => firstOf(chain.watchSpend(watched, signal)) }),
  ),
  'ends a watch of the chain quietly': chainLie(
    'a watch of the chain ends as unavailable with the process',
    (chain) => ({
      async *watchConfirmation(watched, signal): AsyncGenerator<OutputConfirmation> {
        try {
          yield* chain.watchConfirmation(watched, signal)
        } catch {}
      },
    }),
  ),
  'watches for anything': chainLie(
    'watching what is no output and no outpoint is input.invalid',
    (chain) => ({
      async *watchSpend(watched, signal): AsyncGenerator<OutpointSpend> {
        try {
          yield* chain.watchSpend(watched, signal)
        } catch {}
      },
    }),
  ),
  'pays out of any channel': {
    noticedBy: 'a payment leaves by the channels that it may leave by, or not at all',
    tell: (node) => ({
      pay: ({ outgoingChannels: _, ...payment }, signal) => node.pay(payment, signal),
    }),
  },
  'locks money for as long as the route takes': {
    noticedBy: 'no route locks the money for longer than the limit',
    tell: (node) => ({
      pay: ({ maximumCltv, ...payment }, signal) =>
        node.pay(maximumCltv === 80 ? { ...payment, maximumCltv } : payment, signal),
    }),
  },
}
