// The command `audit`: what it takes.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Config } from '../../../config/config.ts'
import {
  AUDIT_CATEGORIES,
  AUDIT_ORIGINS,
  type AuditCategory,
  type AuditOrigin,
} from '../../../model/events/audit-entry.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { type CommonOptions, readConfig } from '../../invocation/options.ts'
import { sinceOption } from '../../invocation/shared-options.ts'

interface AuditArguments {
  readonly server?: string
  readonly category?: AuditCategory
  readonly since?: number
  readonly source?: AuditOrigin
  readonly outage?: boolean
  readonly verify?: boolean
  readonly hash?: string
  readonly json?: boolean
}

/** Adds `audit`. */
export function declareAudit(program: Command, invocation: Invocation): void {
  program
    .command('audit')
    .description('print the audit log, with the audits of the applications, or verify it (exit 1: tampering found)')
    .option('--server <name>', 'only entries of this server or database, by its name in the configuration')
    .addOption(
      new Option(
        '--category <name>',
        'only state changes (resource), actions of people (user) or automatic work (task)',
      ).choices(AUDIT_CATEGORIES),
    )
    .addOption(sinceOption('only entries from then on'))
    .addOption(new Option('--source <name>', 'only entries of pgdeck, or of the applications').choices(AUDIT_ORIGINS))
    .option('--outage', 'only what was written while mirrored databases exchanged no changes')
    .option('--verify', "find lines of pgdeck's own log that were edited, removed or moved")
    .addOption(
      new Option(
        '--hash <sha256>',
        'also verify that the line with this hash, noted elsewhere, is still there',
      ).argParser(sha256),
    )
    .option('--json', 'print a JSON document')
    .action((options: AuditArguments, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        const { auditCommand } = await import('./run.ts')
        const { verify = false, json = false } = options
        const config = verify ? null : await configIfThere(common, reporting.notify)
        return auditCommand({ ...reporting, ...options, config, verify, json })
      }),
    )
}

/** Entries of pgdeck need no config. One that can't be used is reported: it may name audits of applications. */
async function configIfThere(common: CommonOptions, notify: (text: string) => void): Promise<Config | null> {
  try {
    return (await readConfig(common, [])).config
  } catch (error) {
    // Loaded at need: it would delay every start.
    const { ConfigError } = await import('../../../config/problems/config-error.ts')
    if (common.config !== undefined || !(error instanceof ConfigError)) throw error
    if (error.kind !== 'missing') notify(`warning: the audits of the applications are not read: ${error.message}`)
    return null
  }
}

function sha256(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase()
  throw new InvalidArgumentError('Allowed: the 64 hexadecimal digits that audit --verify prints.')
}
