import { readText } from '../read-input.ts'

/** W3C Trace Context, `traceparent`: version, trace id, parent id and flags; neither id may be all zeros. */
const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The trace context of whoever calls; undefined without one. Throws `input.invalid`. */
export function readTraceparent(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return readText(value, 'traceparent', {
    maximum: 55,
    pattern: form,
    says: 'expected traceparent of W3C Trace Context, e.g. 00-<32 hex>-<16 hex>-01',
  })
}

/** The same from a header of a stranger: W3C has it that what is malformed is as nothing. */
export function traceparentOf(header: string | undefined): string | undefined {
  return header !== undefined && form.test(header) ? header : undefined
}
