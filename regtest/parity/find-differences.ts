/** Where two values differ, one line each: the path, and both values. */
export function findDifferences(simulated: unknown, real: unknown, path = ''): string[] {
  if (isTree(simulated) && isTree(real) && Array.isArray(simulated) === Array.isArray(real)) {
    const keys = new Set([...Object.keys(simulated), ...Object.keys(real)])
    return [...keys].flatMap((key) =>
      findDifferences(simulated[key], real[key], path === '' ? key : `${path}.${key}`),
    )
  }
  if (Object.is(simulated, real)) return []
  return [`${path || 'it'}: simulated ${show(simulated)}, LND ${show(real)}`]
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** JSON that knows bigint. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item))
}
