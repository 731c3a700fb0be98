import type { SeedsRun } from './run-seeds.ts'

/** Tells how far a run has come. */
export interface Progress {
  show(run: SeedsRun): void
  end(): void
}

/** Milliseconds between two lines: often on a terminal, where the line is written over, rarely elsewhere. */
const onTerminal = 200
const elsewhere = 10_000

/** Writes to `stream`: one line that changes on a terminal, plain lines otherwise. */
export function createProgress(
  stream: { readonly isTTY: boolean; write(text: string): boolean },
  now: () => number = () => performance.now(),
): Progress {
  let shownAt = now()
  let isLineOpen = false
  return {
    show(run) {
      if (now() - shownAt < (stream.isTTY ? onTerminal : elsewhere)) return
      shownAt = now()
      const line = describe(run)
      stream.write(stream.isTTY ? `\r\u001b[2K${line}` : `${line}\n`)
      isLineOpen = stream.isTTY
    },
    end() {
      if (isLineOpen) stream.write('\r\u001b[2K')
    },
  }
}

function describe({ seeds, milliseconds, events, from }: SeedsRun): string {
  const perSecond = seeds / (milliseconds / 1000)
  return `seed ${from + seeds - 1}: ${seeds} run, ${perSecond.toFixed(1)} seeds/s, ${events} events`
}
