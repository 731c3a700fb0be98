import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadSync, type MethodDefinition } from '@grpc/proto-loader'
import { expect, test } from 'vitest'
import { buildBinaries } from '../index.ts'

// The adapter's own .proto files against those of the pinned LND.

const ours = fileURLToPath(new URL('../../packages/lnd-adapter/proto/', import.meta.url))
const theirFiles = [
  'lightning.proto',
  'stateservice.proto',
  'routerrpc/router.proto',
  'invoicesrpc/invoices.proto',
  'verrpc/verrpc.proto',
  'walletrpc/walletkit.proto',
  'chainrpc/chainnotifier.proto',
]

/** `lnrpc.Invoice.memo` → what the wire and the reader depend on. */
type Facts = ReadonlyMap<string, string>

interface Described {
  readonly name: string
  readonly field?: readonly {
    readonly name: string
    readonly number: number
    readonly label: string
    readonly type: string
    readonly typeName?: string
  }[]
  readonly oneofDecl?: readonly { readonly name: string }[]
  readonly nestedType?: readonly Described[]
  readonly enumType?: readonly Described[]
  readonly value?: readonly { readonly name: string; readonly number: number }[]
}

function readFacts(folder: string, files: readonly string[]): Facts {
  const facts = new Map<string, string>()
  const definitions = loadSync([...files], { keepCase: true, includeDirs: [folder] })
  for (const [name, definition] of Object.entries(definitions)) {
    if ('format' in definition) {
      addMessage(facts, name, definition.type as Described)
      continue
    }
    for (const method of Object.values(
      definition as Record<string, MethodDefinition<object, object>>,
    )) {
      facts.set(method.path, describeMethod(method))
    }
  }
  return facts
}

function describeMethod(method: MethodDefinition<object, object>): string {
  const { requestType, responseType, requestStream, responseStream } = method
  const side = (type: { type: object }, isStream: boolean): string =>
    `${isStream ? 'stream ' : ''}${(type.type as Described).name}`
  return `${side(requestType, requestStream)} → ${side(responseType, responseStream)}`
}

function addMessage(facts: Map<string, string>, path: string, described: Described): void {
  // `_name` is only how a field that is marked optional is described.
  const names = (described.oneofDecl ?? []).map(({ name }) => name)
  const sets = names.filter((name) => !name.startsWith('_'))
  facts.set(path, described.value ? 'enum' : ['message', ...sets].join(' '))
  for (const field of described.field ?? []) {
    const type = field.typeName ? `${field.type} ${field.typeName}` : field.type
    facts.set(`${path}.${field.name}`, `${field.number} ${field.label} ${type}`)
  }
  for (const { name, number } of described.value ?? []) facts.set(`${path}.${name}`, String(number))
  for (const inner of [...(described.nestedType ?? []), ...(described.enumType ?? [])]) {
    addMessage(facts, `${path}.${inner.name}`, inner)
  }
}

/** Its choices are not declared: on the wire a choice is its field, and the adapter sets one of each. */
const withoutChoices = 'walletrpc.FundPsbtRequest'

function differences(mine: Facts, theirs: Facts): readonly string[] {
  return [...mine].flatMap(([name, fact]) =>
    theirs.get(name) === fact || (name === withoutChoices && theirs.has(name))
      ? []
      : [`${name}: ours ${fact}, LND's ${theirs.get(name) ?? 'nothing'}`],
  )
}

const mine = readFacts(ours, readdirSync(ours))

test("the adapter's protocol is that of the pinned LND, field by field", async () => {
  const { protoFolder } = await buildBinaries('0.21')
  // Read at all, not empty by an accident of the loader.
  for (const known of [
    'lnrpc.Invoice.value_msat',
    'lnrpc.GetInfoResponse.Features.key',
    'lnrpc.Payment.PaymentStatus.INITIATED',
    '/routerrpc.Router/SendPaymentV2',
    '/walletrpc.WalletKit/ListUnspent',
    'walletrpc.Transaction.tx_hex',
    'chainrpc.ConfEvent.reorg',
  ]) {
    expect(mine.has(known), known).toBe(true)
  }
  expect(differences(mine, readFacts(protoFolder, theirFiles))).toEqual([])
})

test('what the oldest supported LND lacks is known and harmless', async () => {
  const { protoFolder } = await buildBinaries('0.19')
  const missing = differences(mine, readFacts(protoFolder, theirFiles))
  expect(missing.filter((one) => !one.endsWith("LND's nothing"))).toEqual([])
  expect(missing.map((one) => one.split(':')[0])).toEqual([
    // The adapter finds out whether LND knows it, since an old one allows everything without it.
    'lnrpc.CheckMacPermRequest.check_default_perms_from_full_method',
    // Asks for less work; ignored.
    'lnrpc.ListPaymentsRequest.omit_hops',
    // Values that an old LND never sends.
    'lnrpc.CommitmentType.TAPROOT',
    'lnrpc.CommitmentType.SIMPLE_TAPROOT_FINAL',
    // One more reason not to abandon a channel; without it the caller's own reasons count.
    'lnrpc.PendingChannelsResponse.PendingOpenChannel.confirmation_height',
    // Never sent by an old LND.
    'lnrpc.ChannelEventUpdate.UpdateType.CHANNEL_UPDATE',
  ])
})
