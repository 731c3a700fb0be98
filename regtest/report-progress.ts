/** Takes one line of progress for a person. */
export type Report = (line: string) => void

/** Prints progress with the seconds since the first line to standard error. */
export function reportToStandardError(): Report {
  const start = performance.now()
  return (line) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6)
    process.stderr.write(`[${seconds} s] ${line}\n`)
  }
}

/** Repeats a line with the elapsed time until the work is done, so that nobody takes it for hung. */
export async function reportWhile<Result>(
  report: Report,
  work: Promise<Result>,
  line: (elapsedSeconds: number) => string,
): Promise<Result> {
  const start = performance.now()
  const timer = setInterval(
    () => report(line(Math.round((performance.now() - start) / 1000))),
    10_000,
  )
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}
