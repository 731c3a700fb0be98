// The named export reads the same in Node and in bundlers; the default of a CommonJS package does not.

import type { Cell, CheckedFind, DeclaredTable } from '@payment-node/core/storage-checks'
import { BTreeEx as SortedTree } from 'sorted-btree/extended/index.js'
import { compareCells, compareKeys, type Order, top } from './compare-keys.ts'

type Tree = SortedTree<Order, KeptRow>

/** Never changed in place: an update keeps a new one. */
export interface KeptRow {
  readonly cells: Readonly<Record<string, Cell>>
  readonly revision: number
}

/** The rows of one table, once per index. */
export interface TableRows {
  get(key: readonly Cell[]): KeptRow | undefined
  find(query: CheckedFind): KeptRow[]
  /** Keeps `row` in the place of `before`. */
  put(row: KeptRow, before?: KeptRow): void
  remove(row: KeptRow): void
  /** The name of a unique key (`'key'` first) whose values a row other than `before` already has. */
  duplicateOf(row: KeptRow, before?: KeptRow): string | undefined
  ensureIndex(name: string, order: readonly string[]): void
  dropIndex(name: string): void
  /** A copy that later writes do not reach; takes no time. */
  fork(): TableRows
}

interface KeptIndex {
  readonly order: readonly string[]
  readonly tree: Tree
}

export function tableRows(table: DeclaredTable): TableRows {
  const indexes = new Map<string, KeptIndex>()
  for (const [name, order] of table.orders) indexes.set(name, { order, tree: newTree() })
  return over(table, indexes)
}

function newTree(): Tree {
  return new SortedTree<Order, KeptRow>(undefined, compareKeys)
}

function over(table: DeclaredTable, indexes: Map<string, KeptIndex>): TableRows {
  const key = (): KeptIndex => indexes.get('key')!
  const rows: TableRows = {
    get: (values) => key().tree.get(values),
    find: (query) => findIn(indexes.get(query.index)!.tree, query),
    put(row, before) {
      if (before) rows.remove(before)
      for (const { order, tree } of indexes.values()) tree.set(valuesOf(row, order), row)
    },
    remove(row) {
      for (const { order, tree } of indexes.values()) tree.delete(valuesOf(row, order))
    },
    duplicateOf(row, before) {
      for (const [name, columns] of [['key', table.key] as const, ...table.unique]) {
        const found = firstWith(indexes.get(name)!.tree, valuesOf(row, columns))
        if (found && found !== before) return name
      }
      return undefined
    },
    ensureIndex(name, order) {
      if (indexes.has(name)) return
      const tree = newTree()
      for (const row of key().tree.values()) tree.set(valuesOf(row, order), row)
      indexes.set(name, { order, tree })
    },
    dropIndex: (name) => void indexes.delete(name),
    fork() {
      const forked = new Map<string, KeptIndex>()
      for (const [name, { order, tree }] of indexes) forked.set(name, { order, tree: tree.clone() })
      return over(table, forked)
    },
  }
  return rows
}

function valuesOf(row: KeptRow, columns: readonly string[]): Cell[] {
  return columns.map((column) => row.cells[column]!)
}

function firstWith(tree: Tree, prefix: Order): KeptRow | undefined {
  for (const [values, row] of tree.entries(prefix)) {
    return compareKeys(values.slice(0, prefix.length), prefix) === 0 ? row : undefined
  }
  return undefined
}

function findIn(tree: Tree, query: CheckedFind): KeptRow[] {
  const { equals, after, upTo, isDescending, limit } = query
  const start: Order = after ? [...equals, ...after] : isDescending ? [...equals, top] : equals
  const found: KeptRow[] = []
  if (limit === 0) return found
  const entries = isDescending ? tree.entriesReversed(start) : tree.entries(start)
  for (const [values, row] of entries) {
    if (after && compareKeys(values, start) === 0) continue
    if (compareKeys(values.slice(0, equals.length), equals) !== 0) break
    if (upTo !== undefined) {
      const order = compareCells(values[equals.length]!, upTo)
      if (isDescending ? order < 0 : order > 0) break
    }
    found.push(row)
    if (found.length === limit) break
  }
  return found
}
