// docs/json.md, from the descriptions of the documents.

import { type AnyDescription, type DocumentDescription, TYPE_WORDS } from './json/describe.ts'
import {
  backtestDescription,
  doctorDescription,
  hbaAuditDescription,
  hbaTestDescription,
  keysDescription,
  logsDescription,
  reportDescription,
  versionDescription,
} from './json/reports.ts'
import {
  actionsDescription,
  auditDescription,
  auditVerdictDescription,
  runDescription,
  runsDescription,
} from './json/runs.ts'
import { alertDescription, diagnosisDescription, statusDescription, topologyDescription } from './json/status.ts'

/** Every document that a command prints or a notification sends. */
export const JSON_DOCUMENTS: readonly DocumentDescription[] = [
  statusDescription,
  topologyDescription,
  diagnosisDescription,
  alertDescription,
  runDescription,
  runsDescription,
  actionsDescription,
  auditDescription,
  auditVerdictDescription,
  hbaAuditDescription,
  hbaTestDescription,
  doctorDescription,
  logsDescription,
  reportDescription,
  backtestDescription,
  keysDescription,
  versionDescription,
]

const HEAD = `# JSON documents

\`--json\` prints one document and nothing else. Made from the code by \`npm run generate\`: the types of the documents are the
types of the code, and a field without a description does not compile.

- \`schema\` names the form and its version. A new version is a new name. Fields may be added without one, so ignore fields that you do
  not know.
- An unknown value is \`null\`, never 0, and is not left out. Fields that can be absent say so.
- Times are RFC 3339 in UTC, durations seconds or milliseconds, sizes bytes. Their names say which.
- Names and messages are texts from outside: control characters are removed, and secrets are masked.
- \`[]\` after a name means a list: the fields are those of each element.
- \`pgdeck check\` prints the line of a Nagios plugin instead ([checks](checks.md)), \`pgdeck metrics\` OpenMetrics
  ([metrics](metrics.md)), \`pgdeck config schema\` the JSON schema of the configuration.
`

/** The text of docs/json.md. */
export function jsonDocument(): string {
  return [HEAD, ...JSON_DOCUMENTS.map(section)].join('\n')
}

function section({ command, schema, about, fields }: DocumentDescription): string {
  const title = command.startsWith('pgdeck') ? command.split(', ').map(code).join(', ') : `Notifications: ${command}`
  const form = schema === null ? '' : ` Schema \`${schema}\`.`
  return [
    `## ${title}`,
    '',
    `${about}${form}`,
    '',
    '| field | type | meaning |',
    '| --- | --- | --- |',
    ...rows(fields, ''),
    '',
  ].join('\n')
}

function rows(fields: Readonly<Record<string, AnyDescription>>, path: string): readonly string[] {
  return Object.entries(fields).flatMap(([name, field]) => fieldRows(`${path}${name}`, field))
}

function fieldRows(path: string, field: AnyDescription): readonly string[] {
  if (typeof field === 'string') {
    const [word = '', ...rest] = field.split(': ')
    return [row(path, TYPE_WORDS[word as keyof typeof TYPE_WORDS], rest.join(': '))]
  }
  if ('each' in field) {
    const document = JSON_DOCUMENTS.find(({ fields }) => fields === field.each)
    const list = row(
      path,
      'list of objects',
      document ? `${field.about}: ${code(document.schema ?? document.command)}` : field.about,
    )
    return document ? [list] : [list, ...rows(field.each, `${path}[].`)]
  }
  if ('fields' in field) return [row(path, 'object', field.about), ...rows(field.fields, `${path}.`)]
  const [about, ...remarks] = field.about.split('; ')
  const values = Object.entries(field.values).map(([value, meaning]) => `${code(value)} (${meaning})`)
  return [row(path, 'text', [`${about}: ${values.join(', ')}`, ...remarks].join('; '))]
}

function row(path: string, type: string, meaning: string): string {
  const linked = meaning.replace(/\b([a-z]+)\.md\b/g, '[$1]($1.md)').replaceAll('|', '\\|')
  return `| ${code(path)} | ${type} | ${linked} |`
}

function code(text: string): string {
  return `\`${text}\``
}
