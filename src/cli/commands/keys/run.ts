// `pgdeck keys`: every key of the monitor, from the table that also drives it.

import { type KeyTableRow, keyTable } from '../../../ui/keys/keymap/key-table.ts'
import { EXIT_CODES } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { linePrinter, type TextColumn, textTable } from '../../text/print.ts'

export type KeysFormat = 'text' | 'markdown' | 'json'

/** Prints the keys. Resolves to the exit code. */
export async function keysCommand(options: {
  readonly format: KeysFormat
  /** The user's own keys, by id of action. */
  readonly own: Readonly<Record<string, string>>
  readonly colour: boolean
  readonly output: Output
}): Promise<number> {
  const { format, output } = options
  const rows = keyTable(options.own)
  if (format === 'json') await output.write(jsonText(keysDocument(rows), 'pretty'))
  else if (format === 'markdown') await output.write(keysMarkdown(rows))
  else await output.write((await linePrinter(options.colour))(textTable(COLUMNS, rows, '')))
  return EXIT_CODES.ok
}

/** The document of `pgdeck keys --json`. */
export function keysDocument(rows: readonly KeyTableRow[]) {
  return { schema: 'pgdeck.keys/1', keys: rows }
}

const COLUMNS: readonly TextColumn<KeyTableRow>[] = [
  { title: 'KEY', align: 'left', cell: ({ keys }) => keys.join(' ') },
  { title: 'DOES', align: 'left', cell: ({ title }) => title },
  { title: 'GROUP', align: 'left', cell: ({ group }) => group },
  { title: 'WORKS IN', align: 'left', cell: ({ modes }) => modes.join(', ') },
]

/** The keys as a Markdown table for docs/keys.md. */
export function keysMarkdown(rows: readonly KeyTableRow[]): string {
  const cell = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|')
  const code = (key: string) => (key.includes('`') ? `\`\` ${key} \`\`` : `\`${cell(key)}\``)
  const lines = rows.map(
    ({ keys, title, group, modes }) =>
      `| ${keys.map(code).join(' ')} | ${cell(title)} | ${cell(group)} | ${modes.join(', ')} |`,
  )
  return ['| key | does | group | works in |', '| --- | --- | --- | --- |', ...lines, ''].join('\n')
}
