import { writeFileSync } from 'node:fs'
export function writeReport(file: string, ..._all: unknown[]): void {
  writeFileSync(file, '')
}
