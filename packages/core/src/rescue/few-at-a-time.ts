/** Does the work for each in their order, at most `together` at once. Rejects with the first that fails. */
export async function fewAtATime<T, R>(
  items: readonly T[],
  together: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const takeTurns = async (): Promise<void> => {
    while (next < items.length) {
      const place = next++
      results[place] = await work(items[place]!)
    }
  }
  await Promise.all(Array.from({ length: together }, takeTurns))
  return results
}
