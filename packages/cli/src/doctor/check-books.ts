import type { Diagnosis, NodeInfo, PaymentNodeOptions } from '@payment-node/core'
import { type Books, readBooks } from '../books/read-books.ts'
import type { BoundNode } from '../books/still-node.ts'
import { shortKey } from '../terminal/short-key.ts'
import { failed, failedBy, ok, warning } from './check.ts'
import { checkAutomatic } from './check-automatic.ts'
import { checkCaps } from './check-caps.ts'
import { checkFirstStart } from './check-first-start.ts'
import { checkKey } from './check-key.ts'

/** The storage, whose books are in it, the key, the caps and the kill switch. `info`: the node that answers. */
export async function checkBooks(
  options: PaymentNodeOptions,
  info: NodeInfo | undefined,
): Promise<readonly Diagnosis[]> {
  const { checks, bound, isNew } = await readBooks(options, async (books) => ({
    checks: [
      ...describe(books, options, info),
      ...(await checkHalt(books)),
      ...(await checkAutomatic(books, options)),
    ],
    bound: books.state === 'open' ? books.bound : undefined,
    isNew: books.state === 'empty' || books.state === 'unbound',
  }))
  const first = info && isNew ? await checkFirstStart(options.lightning) : []
  return [...checks, ...first, await checkKey(options, bound), checkCaps(options)]
}

function describe(
  books: Books,
  options: PaymentNodeOptions,
  info: NodeInfo | undefined,
): Diagnosis[] {
  const { name } = options.storage
  switch (books.state) {
    case 'open':
      return [ok('storage', `The books can be read (${name}).`), compare(books.bound, info)]
    case 'unbound':
      return [ok('storage', `The books can be read (${name}).`), checkName(books.others, info)]
    case 'empty':
      return [name === 'memory' ? keptInMemory : nothingStored]
    case 'older-schema':
      return [
        warning(
          'storage',
          `The tables have version ${books.found}; they are brought to ${books.known} at the next start. The books were not read.`,
          'Back the storage up before that start.',
        ),
      ]
    case 'in-use':
      return [
        ok(
          'storage',
          `${books.where} is open in another process, as while the host runs. The books were not read: a host checks itself whose they are when it starts.`,
        ),
      ]
    case 'unreadable':
      return [failedBy('storage', books.error, 'Look at the storage option.')]
  }
}

const nothingStored = ok('storage', 'Nothing is stored yet: the first start binds it to the node.')

const keptInMemory = warning(
  'storage',
  'The books are kept in the memory of the process that runs, and end with it.',
  'Use sqlite({ file }) of @payment-node/storage-sqlite where money is real.',
)

/** Money rule 14: books belong to one node. */
function compare(bound: BoundNode, info: NodeInfo | undefined): Diagnosis {
  const expected = `${shortKey(bound.publicKey)} (${bound.network})`
  if (!info) {
    return warning(
      'binding',
      `The books belong to the node ${expected}, which was not compared: no node answers.`,
      'Mend what is said about the node.',
    )
  }
  if (bound.publicKey === info.publicKey && bound.network === info.network) {
    return ok('binding', `The books belong to this node, ${shortKey(info.publicKey)}.`)
  }
  return failed(
    'binding',
    `The books belong to the node ${expected}, but ${shortKey(info.publicKey)} (${info.network}) answers.`,
    'Check the address of the node, or give this node a storage (or a name) of its own.',
  )
}

function checkName(
  others: readonly (BoundNode & { name: string })[],
  info: NodeInfo | undefined,
): Diagnosis {
  const other = others.find(({ publicKey }) => publicKey === info?.publicKey)
  if (!other) return ok('binding', 'No node has this name yet: the first start binds it.')
  return failed(
    'binding',
    `The books of this node have the name ${JSON.stringify(other.name)}.`,
    'Use the name of the first start.',
  )
}

async function checkHalt(books: Books): Promise<readonly Diagnosis[]> {
  if (books.state !== 'open') return []
  try {
    const { isHalted, reason, cause, changedAt } = await books.rooms.safety.status()
    if (!isHalted) return [ok('halt', 'Outgoing money is not halted.')]
    const since = new Date(changedAt).toISOString()
    if (cause !== 'operator') {
      const { items, cursor } = await books.rooms.safety.differences({ limit: 1000 })
      const count = cursor === undefined ? `${items.length}` : `more than ${items.length}`
      return [
        failed(
          'halt',
          `Outgoing money is halted since ${since}: ${reason}.`,
          `payment-node status shows what is open (${count}). When each is understood: node.safety.resume(reason).`,
        ),
      ]
    }
    return [
      warning(
        'halt',
        `Outgoing money is halted since ${since}: ${reason}.`,
        'When the cause is understood: node.safety.resume(reason).',
      ),
    ]
  } catch (error) {
    return [failedBy('halt', error, 'Look at the storage.')]
  }
}
