import { createSandbox, createSeededRandom, type Sandbox } from '@payment-node/testkit'
import { type Api, type ApiOptions, createApi, memoryKeys } from '../src/index.ts'

/** An API over a sandbox, with a key for the operator and one for each of two partners. */
export interface ApiStand extends AsyncDisposable {
  readonly sandbox: Sandbox
  readonly api: Api
  readonly keys: ReturnType<typeof memoryKeys>
  readonly texts: Readonly<Record<'operator' | 'bakery' | 'farm', string>>
  /** What the invoices' preimages are derived from. */
  readonly invoiceKey: Uint8Array
  /** One request; the answer's body is read as JSON when it is. */
  call(request: CallRequest): Promise<Answer>
}

export interface CallRequest {
  readonly method?: string
  readonly path: string
  /** Text of the header's key; undefined: none. */
  readonly key?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what a client sees
  readonly body: any
  readonly text: string
}

export async function openApi(
  options: Partial<ApiOptions> = {},
  sandboxOptions: Parameters<typeof createSandbox>[0] = {},
): Promise<ApiStand> {
  const sandbox = await createSandbox(sandboxOptions)
  const keys = memoryKeys()
  const [operator, bakery, farm] = await Promise.all([
    keys.create({ scope: 'operator' }),
    keys.create({ scope: 'partner:bakery' }),
    keys.create({ scope: 'partner:farm' }),
  ])
  const limits = { perKey: false, failuresPerAddress: false } as const
  const api = createApi({ node: sandbox.node, keys, limits, ...options })
  for (const id of ['bakery', 'farm']) await sandbox.node.partners.upsert({ id })
  return {
    sandbox,
    api,
    keys,
    // As the sandbox makes it from its seed.
    invoiceKey: createSeededRandom('sandbox').fork('invoices').bytes(32),
    texts: { operator: operator.text, bakery: bakery.text, farm: farm.text },
    async call({ method = 'GET', path, key, body, headers = {} }) {
      const isText = typeof body === 'string'
      const response = await api.fetch(
        new Request(`http://127.0.0.1${path}`, {
          method,
          headers: {
            ...(key !== undefined && { authorization: `Bearer ${key}` }),
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
        }),
      )
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json')
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: isJson && text !== '' ? JSON.parse(text) : text,
      }
    },
    [Symbol.asyncDispose]: sandbox.stop,
  }
}
