/** Whose daily budget speeding up counts against, in the table of spending. */
export const bumpBudget = 'bump-transactions'
