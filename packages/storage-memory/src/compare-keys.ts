import type { Cell } from '@payment-node/core/storage-checks'

/** Sorts behind every value, so that a prefix followed by it ends behind all keys with that prefix. */
export const top: unique symbol = Symbol('top')

/** Values of an index's columns; shorter ones stand for all keys that begin with them. */
export type Order = readonly (Cell | typeof top)[]

/** A key sorts behind its own prefixes. */
export function compareKeys(one: Order, other: Order): number {
  const shared = Math.min(one.length, other.length)
  for (let at = 0; at < shared; at++) {
    const order = compareCells(one[at]!, other[at]!)
    if (order !== 0) return order
  }
  return one.length - other.length
}

/** Indexed cells of one column have one type. */
export function compareCells(one: Cell | typeof top, other: Cell | typeof top): number {
  if (one === other) return 0
  if (one === top) return 1
  if (other === top) return -1
  if (typeof one === 'string') return compareText(one, other as string)
  return one! < other! ? -1 : 1
}

/**
 * By UTF-8 bytes, which is by code points. UTF-16 units give the same order except that surrogates
 * (D800 to DFFF) stand for code points above all other units.
 */
export function compareText(one: string, other: string): number {
  const shared = Math.min(one.length, other.length)
  for (let at = 0; at < shared; at++) {
    const unit = one.charCodeAt(at)
    const otherUnit = other.charCodeAt(at)
    if (unit !== otherUnit) return rank(unit) - rank(otherUnit)
  }
  return one.length - other.length
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
