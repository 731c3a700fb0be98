/** The partners of every run. */
export const partners: readonly string[] = ['bakery', 'cinema']
