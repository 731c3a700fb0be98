/**
 * For authors of storages: what every engine must refuse before it writes, and the declared tables
 * made ready for it. Throws `storage.invalid-change` and `options.invalid`.
 */
export * from './check-change.ts'
export * from './check-query.ts'
export * from './check-value.ts'
export * from './declare-table.ts'
export * from './fold-steps.ts'
export * from './invalid-change.ts'
