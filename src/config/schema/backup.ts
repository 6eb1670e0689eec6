// How the backups of a database are found, in the config.

import * as z from 'zod'
import { BACKUP_TOOLS } from '../../model/storage/backup-tools.ts'
import { commandField, LOOKED_UP, oneOfField, searchPathField, textField, userField } from './fields.ts'

const BACKUP =
  'one of: "folder" (with "host", "as"), "tool" (with "stanza" for pgbackrest, "server" for barman; "host", "as", "configFile"), "sql" (with "searchPath"), "command"'

const STANZA = 'a name that does not begin with a dash'
const toolName = () => z.string({ error: STANZA }).regex(/^[^-\s\p{Cc}][^\p{Cc}]{0,199}$/u, { error: STANZA })

export const backupSchema = z.lazy(() =>
  z
    .strictObject({
      folder: z
        .string({ error: 'an absolute path of a folder' })
        .regex(/^(?:\/|[A-Za-z]:[\\/])[^\0]*$/, { error: 'an absolute path of a folder' })
        .optional()
        .meta({
          description:
            'A folder on a host: the newest finished file or folder in it is the newest backup. In a stanza of pgBackRest (`backup/STANZA`) or in ' +
            '`base` of Barman only complete backups count.',
        }),
      tool: oneOfField(BACKUP_TOOLS)
        .optional()
        .meta({ description: 'The program that makes the backups: pgdeck asks it on its host, read-only.' }),
      stanza: toolName().optional().meta({ description: 'The stanza of pgBackRest.' }),
      server: toolName().optional().meta({ description: 'The server in the configuration of Barman.' }),
      configFile: z
        .string({ error: 'an absolute path' })
        .regex(/^\/[^\0]*$/, { error: 'an absolute path' })
        .optional()
        .meta({ description: 'The configuration file of the tool, if it is not where the tool looks for it.' }),
      host: textField('the name of an entry of "hosts"')
        .optional()
        .meta({ description: 'The host with that folder or tool; default: the host of the database.' }),
      as: userField().optional().meta({
        description: 'The user who reads them there, by `sudo -n`, e.g. "barman"; default: "as" of the host.',
      }),
      sql: textField('a statement that returns one timestamptz')
        .optional()
        .meta({ description: 'Statement that runs on the database.' }),
      searchPath: searchPathField().optional().meta({ description: LOOKED_UP }),
      command: commandField()
        .optional()
        .meta({ description: 'A program that prints the time of the backup, e.g. 2026-11-22T03:00:00Z.' }),
    })
    .superRefine((given, context) => {
      const count = [given.folder, given.tool, given.sql, given.command].filter((source) => source !== undefined).length
      const isOnHost = given.folder !== undefined || given.tool !== undefined
      const paired =
        ((given.host === undefined && given.as === undefined) || isOnHost) &&
        (given.configFile === undefined || given.tool !== undefined) &&
        (given.stanza !== undefined) === (given.tool === 'pgbackrest') &&
        (given.server !== undefined) === (given.tool === 'barman') &&
        (given.searchPath === undefined || given.sql !== undefined)
      if (count !== 1 || !paired) context.addIssue({ code: 'custom', message: BACKUP })
    })
    .meta({ title: 'Backups', description: `How pgdeck finds the newest backup, for its age: ${BACKUP}.` }),
)
