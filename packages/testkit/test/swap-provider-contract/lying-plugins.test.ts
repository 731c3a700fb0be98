import { PaymentNodeError, type SelfCustodialSwapProvider } from '@payment-node/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boltz } from '../../../boltz-plugin/src/index.ts'
import { type BoltzEnvironment, boltzEnvironment } from '../../src/boltz-server/index.ts'
import { swapProviderContract } from '../../src/index.ts'

interface Lie {
  /** Rules that must notice, by the beginning of their names. */
  readonly noticedBy: readonly string[]
  tell(honest: SelfCustodialSwapProvider): Partial<SelfCustodialSwapProvider>
}

const other = (message: string) => (): never => {
  throw new Error(message)
}

const lies: Record<string, Lie> = {
  'has no name': { noticedBy: ['a provider says'], tell: () => ({ name: '' }) },
  'has limits as numbers': {
    noticedBy: ['limits are'],
    tell: ({ limits }) => ({
      limits: async (signal) => {
        const { minimumSat, maximumSat } = await limits(signal)
        return { minimumSat: Number(minimumSat), maximumSat: Number(maximumSat) } as never
      },
    }),
  },
  'forgets the lockup fee': {
    noticedBy: ['a quote is all-in'],
    tell: ({ quote }) => ({
      quote: async (amountSat) => ({ ...(await quote(amountSat)), lockupSat: 0n }),
    }),
  },
  'quotes for ever': {
    noticedBy: ['a quote lasts'],
    tell: ({ quote }) => ({
      quote: async (amountSat) => ({ ...(await quote(amountSat)), expiresAt: Number.MAX_VALUE }),
    }),
  },
  'quotes whatever is asked for': {
    noticedBy: ['an amount outside'],
    tell: ({ quote }) => ({ quote: async () => quote(100_000n) }),
  },
  'has limits when there are none': {
    noticedBy: ['prices that nobody', 'a server that makes no such'],
    tell: ({ limits }) => ({
      limits: (signal) => limits(signal).catch(() => ({ minimumSat: 1n, maximumSat: 2n })),
    }),
  },
  'keeps the metadata to itself': {
    noticedBy: ['the server gets'],
    tell: ({ create }) => ({ create: (swap) => create({ ...swap, metadata: '' }) }),
  },
  'leaves out a leaf': {
    noticedBy: ['the terms are the whole', 'what is wrong in the terms'],
    tell: ({ create }) => ({
      create: async (swap) => {
        const terms = await create(swap)
        const { claimLeaf, refundLeaf } = terms.leaves
        void refundLeaf
        return { ...terms, leaves: { claimLeaf: claimLeaf! } }
      },
    }),
  },
  'throws its own errors': {
    noticedBy: [
      'a hash makes one swap',
      'a creation that the server refuses (creation-refused)',
      'a creation whose answer is lost',
      'terms that cannot be (wrong-types)',
      'an answer that is none (not-json)',
    ],
    tell: ({ create }) => ({ create: (swap) => create(swap).catch(other('no swap')) }),
  },
  'says that nothing was made': {
    noticedBy: ['a creation whose answer is lost', 'terms that cannot be (hostile-id)'],
    tell: ({ create, name }) => ({
      create: (swap) =>
        create(swap).catch(() => {
          const details = { provider: name, reason: 'lost', outcome: 'none' } as const
          throw new PaymentNodeError('swap.provider-failed', 'a lie', details)
        }),
    }),
  },
  'tries again': {
    noticedBy: ['a creation whose answer is lost', 'a server that says "too many requests"'],
    tell: ({ create, url }) => ({
      create: (swap) => create(swap).catch(() => create(swap)),
      limits: async (signal) => {
        await fetch(`${url}/swap/reverse`)
        return boltz({ url }).limits(signal)
      },
    }),
  },
  'says one state about all swaps': {
    noticedBy: ['a status is'],
    tell: ({ status }) => {
      let first: ReturnType<typeof status> | undefined
      return {
        status: (id) => {
          first ??= status(id)
          return first
        },
      }
    },
  },
  'fails for all when one is lost': {
    noticedBy: ['a swap that the server does not know'],
    tell: ({ status }) => ({
      status: async (id) => {
        await status('nobodyknows1')
        return status(id)
      },
    }),
  },
  'hides lockups': {
    noticedBy: ['a watch tells how the swaps are, and then'],
    tell: ({ watch }) => ({
      async *watch(ids, signal) {
        for await (const { providerId, status } of watch(ids, signal)) {
          if (status.startsWith('transaction')) return
          yield { providerId, status }
        }
      },
    }),
  },
  'ends a watch quietly': {
    noticedBy: ['a watch of a server that is gone', 'a watch tells how the swaps are without'],
    tell: () => ({ async *watch() {} }),
  },
  'goes on watching': {
    noticedBy: ['a watch ends well when its signal fires'],
    tell: ({ watch }) => ({
      async *watch(ids, signal) {
        yield* watch(ids, signal)
        if (signal.aborted) throw new Error('aborted')
      },
    }),
  },
  'shouts its halves': {
    noticedBy: ['the half of a signature'],
    tell: ({ requestClaimSignature }) => ({
      requestClaimSignature: async (request) => {
        const { publicNonce, partialSignature } = await requestClaimSignature(request)
        return { publicNonce: publicNonce.toUpperCase(), partialSignature }
      },
    }),
  },
  'repeats the preimage': {
    noticedBy: ['a claim that gets no signature (claim-refused)'],
    tell: ({ requestClaimSignature, name }) => ({
      requestClaimSignature: (request) =>
        requestClaimSignature(request).catch(() => {
          const details = { provider: name, reason: 'none', outcome: 'unknown' } as const
          const says = `no signature for ${request.preimage}`
          throw new PaymentNodeError('swap.provider-failed', says, details)
        }),
    }),
  },
}

let tell: Lie['tell'] = () => ({})
let environment: BoltzEnvironment
beforeAll(async () => {
  environment = await boltzEnvironment(({ url, allow }) => {
    const honest = boltz({ url, http: { allow } })
    return { ...honest, ...tell(honest) }
  })
})
afterAll(() => environment.close())

const rules = new Map<string, () => Promise<void>>()
swapProviderContract(
  (name, run) => rules.set(name, run),
  async () => environment,
)

function findRule(beginning: string): () => Promise<void> {
  const found = [...rules].find(([name]) => name.startsWith(beginning))
  if (!found) throw new Error(`The contract has no rule "${beginning}"`)
  return found[1]
}

test('every lie of a plugin is noticed by its rules', async () => {
  const unnoticed: string[] = []
  for (const [name, lie] of Object.entries(lies)) {
    for (const rule of lie.noticedBy) {
      tell = lie.tell
      const noticed = await findRule(rule)().then(
        () => false,
        () => true,
      )
      tell = () => ({})
      if (!noticed) unnoticed.push(`${name}: ${rule}`)
    }
  }
  expect(unnoticed).toEqual([])
})

test('what fails says the rule, what happened, why it matters and where to read on', async () => {
  tell = () => ({ name: '' })
  const error: unknown = await findRule('a provider says')().catch((thrown) => thrown)
  tell = () => ({})
  const lines = (error as Error).message.split('\n')
  expect(lines[0]).toBe(
    'Broken rule: a provider says its contract, its custody, its name and its url',
  )
  expect(lines).toContainEqual(expect.stringMatching(/^What happened: name/))
  expect(lines).toContainEqual(expect.stringMatching(/^Why it matters: core refuses/))
  expect(lines.at(-1)).toBe(
    'Read on in docs/swap-providers.md and packages/core/src/ports/swap-provider.ts; the rule is in swap-provider-contract/price-rules.ts.',
  )
})

test('the rules have names of their own, and are many', () => {
  const names: string[] = []
  swapProviderContract(
    (name) => names.push(name),
    async () => environment,
  )
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(40)
})

test('rules about faults that a server does not have are left out', async () => {
  const faults = environment.faults
  const without = { ...environment, faults: [], misbehave: environment.misbehave }
  const found = new Map<string, () => Promise<void>>()
  swapProviderContract(
    (name, run) => found.set(name, run),
    async () => without,
  )
  const before = environment.struck('pairs-empty')
  await found.get('a server that makes no such swaps is refused, not broken')!()
  expect(environment.struck('pairs-empty')).toBe(before)
  expect(faults.length).toBeGreaterThan(30)
})
