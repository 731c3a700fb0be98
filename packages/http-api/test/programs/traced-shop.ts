import { trace } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { sqlite } from '@payment-node/storage-sqlite'
import { createSandbox } from '@payment-node/testkit'
import { createApi, memoryKeys, prometheusMetrics, serveApi } from '../../src/index.ts'
import { withTraces } from '../otel-meter.ts'

/** A span as the parent is told of it. */
export interface ToldSpan {
  readonly name: string
  readonly trace: string
  readonly id: string
  readonly parent: string | undefined
}

export type TracedShopSays =
  | { readonly is: 'up'; readonly url: string; readonly key: string }
  | { readonly is: 'spans'; readonly spans: readonly ToldSpan[] }

export type TracedShopHears = { readonly pay: string } | { readonly spans: true }

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
trace.setGlobalTracerProvider(provider)

const metrics = prometheusMetrics()
const sandbox = await createSandbox({
  time: 'flows',
  options: { storage: sqlite({ file: process.argv[2]! }), meter: withTraces(metrics.meter) },
})
const keys = memoryKeys()
const { text: key } = await keys.create({ scope: 'operator' })
const server = await serveApi(createApi({ node: sandbox.node, keys }), { port: 0 })
const say = (word: TracedShopSays): void => void process.send!(word)

process.on('message', (told: TracedShopHears) => {
  if ('pay' in told) void sandbox.pay(told.pay)
  else {
    const spans = exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      trace: span.spanContext().traceId,
      id: span.spanContext().spanId,
      parent: span.parentSpanContext?.spanId,
    }))
    say({ is: 'spans', spans })
  }
})
say({ is: 'up', url: server.url, key })
