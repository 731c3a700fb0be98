import type { Check } from '../src/doctor/check.ts'
import type { DoctorReport } from '../src/doctor/doctor.ts'
import type { ShopFolder } from './shop-folder.ts'

export interface Examined {
  readonly exitCode: number
  readonly report: DoctorReport
  /** `'warning halt'` for each line, in their order. */
  readonly results: readonly string[]
  /** The line of this name; an empty one when there is none. */
  find(check: string): Partial<Check>
}

/** `payment-node doctor --json`, read. Fails unless what is not ok has advice, and the counts are right. */
export async function examineShop(folder: ShopFolder): Promise<Examined> {
  const { exitCode, stdout, stderr } = await folder.run('doctor', '--json')
  if (stderr !== '') throw new Error(stderr)
  const report: DoctorReport = JSON.parse(stdout)
  for (const { check, result, advice } of report.checks) {
    if ((result === 'ok') !== (advice === undefined)) throw new Error(`${check}: advice ${advice}`)
  }
  for (const result of ['ok', 'warning', 'failed'] as const) {
    const count = report.checks.filter((check) => check.result === result).length
    if (report.counts[result] !== count) throw new Error(`${count} ${result}: ${stdout}`)
  }
  return {
    exitCode,
    report,
    results: report.checks.map(({ check, result }) => `${result} ${check}`),
    find: (name) => report.checks.find(({ check }) => check === name) ?? {},
  }
}
