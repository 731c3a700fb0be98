import type { PaymentNode } from '@payment-node/core'
import type { z } from 'zod'
import type { Access, Caller } from './caller.ts'

/** What a route is called with, read by its schemas. */
export interface Call<Parameters, Query, Body> {
  readonly node: PaymentNode
  readonly caller: Caller
  readonly parameters: Parameters
  readonly query: Query
  readonly body: Body
  /** The header `Idempotency-Key`. */
  readonly idempotencyKey: string | undefined
  /** The header `traceparent` (W3C Trace Context); undefined when there is none, or none that is well-formed. */
  readonly traceparent: string | undefined
}

/** One route, declared in one place: where it is, who may call it, what goes in, what comes out. */
export interface Declaration<
  Parameters extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** OpenAPI's form: `/v1/invoices/{invoice}`. */
  readonly path: string
  readonly access: Access
  /** One line for people. */
  readonly summary: string
  /** What it is grouped under in the description. */
  readonly room: string
  readonly parameters?: Parameters
  readonly query?: Query
  readonly body?: Body
  /** Repeating the call with the same key does nothing twice. */
  readonly idempotency?: 'required' | 'optional'
  /** Default 200. */
  readonly status?: 200 | 201 | 202
  /** The answer; `text`: not JSON. */
  readonly answer: z.ZodType | { readonly text: string }
  /** What it answers as JSON, or an answer of its own. */
  handle(
    call: Call<z.output<Parameters>, z.output<Query>, z.output<Body>>,
  ): unknown | Promise<unknown>
}

/** A declared route, whatever its schemas; made by {@link defineRoute}. */
export type Route = Omit<Declaration<z.ZodObject, z.ZodObject, z.ZodType>, 'handle'> & {
  /** As in {@link Declaration}. */
  handle(call: Call<never, never, never>): unknown | Promise<unknown>
}

/**
 * Ties a route's handler to its schemas. Give objects with `z.strictObject`, so that what is misspelt is refused.
 *
 * @example
 * ```ts
 * import { defineRoute } from '@payment-node/http-api'
 *
 * export const depositAddress = defineRoute({
 *   method: 'get',
 *   path: '/v1/deposit-address',
 *   access: 'operator',
 *   room: 'keeper',
 *   summary: 'Where to send coins for channels',
 *   answer: { text: 'text/plain' },
 *   handle: async ({ node }) => new Response(await node.keeper.depositAddress()),
 * })
 * ```
 */
export function defineRoute<
  Parameters extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
>(declaration: Declaration<Parameters, Query, Body>): Route {
  return declaration as unknown as Route
}
