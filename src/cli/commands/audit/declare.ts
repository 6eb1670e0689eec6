// The command `audit`: what it takes.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { AUDIT_CATEGORIES, type AuditCategory } from '../../../model/events/audit-entry.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { sinceOption } from '../../invocation/shared-options.ts'

interface AuditArguments {
  readonly server?: string
  readonly category?: AuditCategory
  readonly since?: number
  readonly verify?: boolean
  readonly hash?: string
  readonly json?: boolean
}

/** Adds `audit`. */
export function declareAudit(program: Command, invocation: Invocation): void {
  program
    .command('audit')
    .description('print or verify the audit log (exit 1: tampering found)')
    .option('--server <name>', 'only entries of this server or database, by its name in the configuration')
    .addOption(
      new Option(
        '--category <name>',
        'only state changes (resource), actions of people (user) or automatic work (task)',
      ).choices(AUDIT_CATEGORIES),
    )
    .addOption(sinceOption('only entries from then on'))
    .option('--verify', 'find lines that were edited, removed or moved')
    .addOption(
      new Option(
        '--hash <sha256>',
        'also verify that the line with this hash, noted elsewhere, is still there',
      ).argParser(sha256),
    )
    .option('--json', 'print a JSON document')
    .action((options: AuditArguments, command: Command) =>
      invocation.run(command, async (_, __, reporting) => {
        const { auditCommand } = await import('./run.ts')
        const { verify = false, json = false } = options
        return auditCommand({ ...reporting, ...options, verify, json })
      }),
    )
}

function sha256(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase()
  throw new InvalidArgumentError('Allowed: the 64 hexadecimal digits that audit --verify prints.')
}
