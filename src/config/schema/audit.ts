// `audit` of an application server: where its own audit is, and how that is written.

import * as z from 'zod'
import { AUDIT_FIELDS } from '../../model/application-audit/entry.ts'
import { parseLinePattern } from '../../model/application-audit/line-pattern.ts'
import { commandField, searchPathField, textField } from './fields.ts'

const SOURCE =
  'one of: "sql" (with "database", "searchPath"), "file" (with "host"), "command" (with "host"); and at most one of "fields", "columns", "pattern"'
const MOST_SOURCES = 10

const FILE = 'an absolute path of a file'
const ZONE = 'a time zone such as "Europe/Berlin" or "UTC"'
const COLUMN = `one of ${AUDIT_FIELDS.map((name) => `"${name}"`).join(', ')}, or "-" for a column that is not read`
const COLUMNS = 'a list of columns with "time" and "what", each of them once'
const PATTERN = `a text with {time} and {what}, also ${AUDIT_FIELDS.filter((name) => name !== 'time' && name !== 'what').map((name) => `{${name}}`)}, {skip}, and something between them`

const fields = () =>
  z
    .strictObject(
      Object.fromEntries(
        AUDIT_FIELDS.map((name) => [name, textField('the name of a member or column').optional()]),
      ) as {
        readonly [Name in (typeof AUDIT_FIELDS)[number]]: z.ZodOptional<z.ZodString>
      },
    )
    .meta({
      description: 'The name of each field in the JSON documents or the result of the query. Default: the same.',
    })

const columns = () =>
  z
    .array(z.enum([...AUDIT_FIELDS, '-'], { error: COLUMN }), { error: COLUMNS })
    .refine((names) => {
      const read = names.filter((name) => name !== '-')
      return new Set(read).size === read.length && read.includes('time') && read.includes('what')
    }, COLUMNS)
    .meta({ description: 'The columns of CSV, in their order.' })

const pattern = () =>
  z
    .string({ error: PATTERN })
    .refine((text) => !('problem' in parseLinePattern(text)), PATTERN)
    .meta({ description: 'The form of each line of text, e.g. "{time} {who} [{from}] {category}: {what}".' })

const source = () =>
  z
    .strictObject({
      sql: textField('a query that returns a row for each entry').optional().meta({
        description: 'A query with the columns time and what, and if it has them who, category, from and result.',
      }),
      database: textField('the name of an entry of "databases"')
        .optional()
        .meta({ description: 'The database that the query runs on. Default: that of the server.' }),
      searchPath: searchPathField().optional().meta({
        description:
          'Schemas in which the names of the query are looked up. Default: "searchPath" of the database, else "public".',
      }),
      file: z
        .string({ error: FILE })
        .regex(/^\/[^\0]*$/, { error: FILE })
        .optional()
        .meta({ description: 'A file on the host. Its rotated versions beside it are read too.' }),
      command: commandField().optional().meta({ description: 'A program on the host that prints the newest entries.' }),
      host: textField('the name of an entry of "hosts"')
        .optional()
        .meta({ description: 'The host with the file or the program. Default: that of the server.' }),
      fields: fields().optional(),
      columns: columns().optional(),
      pattern: pattern().optional(),
      timeZone: z
        .string({ error: ZONE })
        .refine(isTimeZone, { error: ZONE })
        .optional()
        .meta({ description: 'The time zone of times that have none of their own.' }),
      category: textField('resource, user, task, or another word of the product')
        .optional()
        .meta({ description: 'The category of all its entries; default: each entry has its own.' }),
    })
    .superRefine((given, context) => {
      const count = (values: readonly unknown[]) => values.filter((value) => value !== undefined).length
      const isOfSql = given.sql !== undefined
      const strange = isOfSql ? [given.host, given.columns, given.pattern] : [given.database, given.searchPath]
      const isValid =
        count([given.sql, given.file, given.command]) === 1 &&
        count([given.fields, given.columns, given.pattern]) <= 1 &&
        count(strange) === 0
      if (!isValid) context.addIssue({ code: 'custom', message: SOURCE })
    })

/** One source or several. */
export const auditField = z.lazy(() => {
  const one = source()
  return z.union([one, z.array(one).min(1).max(MOST_SOURCES)], { error: SOURCE }).meta({
    title: 'Audit of the application',
    description: `Where the audit of the application itself is, for view 8 and "pgdeck audit": ${SOURCE}. Or a list of these.`,
  })
})

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
