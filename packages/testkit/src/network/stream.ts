/** A queue between a node and one reader. */
export interface Stream<T> {
  push(item: T): void
  /** Ends it: with `error` the reader throws and loses what it has not read yet. */
  end(error?: unknown): void
  /** All items that wait, at least one; undefined at the end. */
  takeAll(): Promise<T[] | undefined>
  /** One item; undefined at the end. */
  take(): Promise<T | undefined>
}

/** A queue that wakes its reader. One reader only. */
export function createStream<T>(): Stream<T> {
  let items: T[] = []
  let ended: { error?: unknown } | undefined
  let wake: (() => void) | undefined

  async function ready(): Promise<boolean> {
    while (items.length === 0 && !ended) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    if (ended && 'error' in ended) throw ended.error
    return items.length > 0
  }

  function notify(): void {
    wake?.()
    wake = undefined
  }

  return {
    push(item) {
      if (ended) return
      items.push(item)
      notify()
    },
    end(error) {
      if (ended) return
      ended = error === undefined ? {} : { error }
      notify()
    },
    async takeAll() {
      if (!(await ready())) return undefined
      const taken = items
      items = []
      return taken
    },
    async take() {
      return (await ready()) ? items.shift() : undefined
    },
  }
}
