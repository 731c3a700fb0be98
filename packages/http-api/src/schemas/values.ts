import { z } from '@hono/zod-openapi'

/** `"25000 sat"` or `"1500 msat"`; what it may be is the library's to say. */
export const amount: z.ZodType<string> = z.string().openapi({
  description: 'An integer, one space, and sat or msat.',
  example: '25000 sat',
})

/** Seconds, or text such as `"15m"`. */
export const duration: z.ZodType<string | number> = z.union([z.string(), z.number()]).openapi({
  description: 'Seconds, or text like 90s, 15m, 2h, 30d, 1w.',
  example: '15m',
})

/** The host's own labels. */
export const metadata: z.ZodType<Record<string, string>> = z
  .record(z.string(), z.string())
  .openapi({ description: 'Your own labels: at most 32, 4 kB in all.', example: { order: '1041' } })

/** A moment. */
export const time: z.ZodType<number> = z
  .number()
  .int()
  .openapi({ description: 'Milliseconds since 1970.', example: 1_767_225_600_000 })

/** A moment in a query. */
export const moment: z.ZodType<number, unknown> = z.coerce
  .number()
  .int()
  .openapi({ description: 'Milliseconds since 1970.' })

/** How lists are paged. */
export const paging = {
  cursor: z.string().optional().openapi({ description: 'From the page before.' }),
  limit: z.coerce.number().int().optional().openapi({ description: '1 to 1000, default 100.' }),
} as const

/** A list that is short enough to come whole. */
export function listOf(item: z.ZodType, name: string): z.ZodType {
  return z.looseObject({ items: z.array(item) }).openapi(name)
}

/** Why the operator does something. */
export const why: z.ZodObject<{ reason: z.ZodString }> = z
  .strictObject({ reason: z.string() })
  .openapi('Reason')

/** One page of a list. */
export function pageOf(item: z.ZodType, name: string): z.ZodType {
  return z
    .looseObject({
      items: z.array(item),
      cursor: z
        .string()
        .optional()
        .openapi({ description: 'For the next page; absent at the end.' }),
    })
    .openapi(name)
}

/** The form of every refusal. */
export const refusal: z.ZodType = z
  .strictObject({
    code: z.string().openapi({
      description: 'What happened; never changes its meaning.',
      example: 'invoice.above-receivable',
    }),
    message: z.string().openapi({ description: 'For people.' }),
    details: z.record(z.string(), z.unknown()).openapi({ description: 'Facts of this case.' }),
    isRetryable: z.boolean().openapi({ description: 'The same call may succeed later.' }),
    fundsAtRisk: z.boolean().openapi({ description: 'Somebody must act on the advice.' }),
    advice: z.string().openapi({ description: 'What to do now.' }),
  })
  .openapi('Error')
