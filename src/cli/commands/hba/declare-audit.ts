// What `pgdeck hba audit` takes.

import type { Command } from 'commander'
import { looksLikeDsn } from '../../../config/dsn/dsn-text.ts'
import { UsageError } from '../../invocation/exit-codes.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { resolvePolledConfig } from '../../watching/polled-config.ts'

/** Adds `hba audit` to `hba`. */
export function declareHbaAudit(hba: Command, context: Invocation): void {
  hba
    .command('audit')
    .description('are the lines there that the topology needs, on every database that may become the primary')
    .argument('[name|dsn...]', 'only of this server or database; connection strings, instead of a configuration')
    .option('--json', 'print a JSON document')
    .action((words: string[], { json = false }: { json?: boolean }, command: Command) =>
      context.run(command, async (common, _, reporting) => {
        const [name = null, ...more] = words.filter((word) => !looksLikeDsn(word))
        if (more.length > 0) throw new UsageError(`hba audit takes one name: ${[name, ...more].join(', ')}`)
        const config = await resolvePolledConfig(common, words.filter(looksLikeDsn), context.notify, (warnings) =>
          context.warn(warnings),
        )
        const { hbaAuditCommand } = await import('./run-audit.ts')
        return hbaAuditCommand({ ...reporting, config, name, json })
      }),
    )
}
