/** What the parent process started this one with. Ends this process when the parent is gone. */
export function readArgument<Argument>(): Argument {
  process.on('disconnect', () => process.exit(1))
  return JSON.parse(process.argv[2]!) as Argument
}

/** Resolves when the parent has it. */
export function say(message: object): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send!(message, (error: Error | null) => (error ? reject(error) : resolve()))
  })
}
