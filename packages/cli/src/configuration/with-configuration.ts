import type { Command } from 'commander'

/** The options of every command that reads the host's configuration. */
export function withConfiguration(command: Command): Command {
  return command
    .option('--config <path>', 'default: payment-node.config.ts, .js or .mjs here or above')
    .option('--json', 'print one JSON object')
}
