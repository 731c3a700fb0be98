const longest = 500

/** What a peer says in a refusal may hold what no storage takes, and be as long as it likes. */
export function printableWords(words: string): string {
  return words
    .slice(0, longest)
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
}
