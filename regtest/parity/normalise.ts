import type { Difference } from './differences.ts'
import type { Names } from './names.ts'

/** A value as it is compared: the reviewed differences applied, everything else as it is. */
export function normalise(
  value: unknown,
  names: Names,
  differences: readonly Difference[],
  used: Set<Difference> = new Set(),
): unknown {
  const rules = differences.map((difference) => ({
    difference,
    patterns: difference.paths.map(toPattern),
  }))
  const walk = (found: unknown, path: string): unknown => {
    const inside = walkInside(found, path)
    const rule = rules.find(({ patterns }) => patterns.some((pattern) => pattern.test(path)))
    if (!rule) return inside
    used.add(rule.difference)
    return rule.difference.compare(inside as never, names)
  }
  const walkInside = (found: unknown, path: string): unknown => {
    if (typeof found !== 'object' || found === null) return found
    if (Array.isArray(found)) {
      return found.map((item, position) => walk(item, `${path}.${position}`))
    }
    const entries = Object.entries(found)
      .map(([key, item]) => [key, walk(item, path === '' ? key : `${path}.${key}`)] as const)
      .filter(([, item]) => item !== undefined)
    return Object.fromEntries(entries)
  }
  return walk(value, '')
}

function toPattern(path: string): RegExp {
  const parts = path.split('.').map((part) => {
    if (part === '**') return '(?:[^.]+\\.)*'
    return part === '*' ? '[^.]+\\.' : `${part}\\.`
  })
  return new RegExp(`^${parts.join('').replace(/\\\.$/, '')}$`)
}
