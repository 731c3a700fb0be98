import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** What the figures were measured on. */
export interface Machine {
  readonly cores: number
  readonly processor: string
  readonly memoryGb: number
  readonly platform: string
  readonly node: string
  /** Absent when no section needs it. */
  readonly lnd?: string
  /** Load averages of the last minute; compared with the cores they say whether other work ran. */
  readonly loadBefore: number
  readonly loadAfter: number
}

/** Call it before and after: the answer of the second call has both loads. */
export function watchMachine(): (lnd: string | undefined) => Machine {
  const loadBefore = loadavg()[0]!
  return (lnd) => ({
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    ...(lnd !== undefined && { lnd }),
    loadBefore,
    loadAfter: loadavg()[0]!,
  })
}
