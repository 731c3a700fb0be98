export async function playRegtestDay(_: unknown): Promise<never> {
  throw new Error('todo')
}
