/**
 * The first that a stream tells, or undefined when it ends or tells nothing within so many milliseconds: streams
 * about the chain say nothing about what has not happened.
 */
export async function firstWithin<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  milliseconds: number,
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>,
): Promise<T | undefined> {
  const ending = new AbortController()
  const listen = async (): Promise<T | undefined> => {
    for await (const told of open(ending.signal)) return told
    return undefined
  }
  try {
    return await Promise.race([listen(), sleep(milliseconds, ending.signal).then(() => undefined)])
  } finally {
    ending.abort()
  }
}
