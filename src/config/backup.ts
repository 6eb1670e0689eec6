// How the backups of a database are found: from the config's entry to what the program uses, and in words for people.

import { clean } from '../model/values/text.ts'
import type { BackupSource } from './config.ts'
import { resolveLocalCommand } from './paths.ts'
import type { RawDatabase } from './schema/file.ts'
import { resolveSearchPath } from './search-path.ts'

/** The source, with a relative program beside the file (`folder`); null where the config says nothing. */
export function resolveBackupSource(
  { backup: raw, host, searchPath }: RawDatabase,
  folder: string,
): BackupSource | null {
  const by = raw?.as === undefined ? {} : { as: raw.as }
  if (raw?.folder !== undefined) return { kind: 'folder', folder: raw.folder, host: raw.host ?? host ?? '', ...by }
  if (raw?.tool !== undefined) {
    const file = raw.configFile === undefined ? {} : { configFile: raw.configFile }
    const name = raw.stanza ?? raw.server ?? ''
    return { kind: 'tool', tool: raw.tool, name, host: raw.host ?? host ?? '', ...by, ...file }
  }
  if (raw?.sql !== undefined)
    return { kind: 'sql', sql: raw.sql, searchPath: resolveSearchPath(raw.searchPath ?? searchPath) }
  return raw?.command ? { kind: 'command', command: resolveLocalCommand(raw.command, folder) } : null
}

/** `/backups/db-1 on h1`, `the result of its query`. Arguments of programs may hold secrets. */
export function backupSourceText(source: BackupSource): string {
  switch (source.kind) {
    case 'folder':
      return clean(`${source.folder} on ${source.host}`)
    case 'tool':
      return clean(`${source.tool}${source.name === '' ? '' : ` ${source.name}`} on ${source.host}`)
    case 'sql':
      return 'the result of its query'
    case 'command':
      return clean(`the output of ${source.command[0]}`)
  }
}
