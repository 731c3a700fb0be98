import { defineConfig } from 'tsup'

// Each package calls this from its own folder; further entries are arguments of its build script.
// tsup writes JavaScript only: the types are written by `tsc -b` into the same dist.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  silent: true,
  // node:sqlite exists only under its full name.
  removeNodeProtocol: false,
})
