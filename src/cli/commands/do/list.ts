// `pgdeck do --list`: every action with its inputs, its key and its danger.

import type { Action, ActionField } from '../../../actions/definition/action.ts'
import type { CustomAction } from '../../../config/config.ts'
import { actionsFor } from '../../../profiles/actions.ts'
import { span } from '../../../ui/frame/format/line.ts'
import { EXIT_CODES } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { linePrinter, textTable } from '../../text/print.ts'

export interface ListActionsOptions {
  readonly json: boolean
  readonly colour: boolean
  readonly output: Output
  /** Actions of the config. */
  readonly own: readonly CustomAction[]
}

/** Prints the actions as a table or a document. */
export async function listActions({ json, colour, output, own }: ListActionsOptions): Promise<number> {
  const all = actionsFor({ actions: own })
  if (json) {
    await output.write(jsonText(actionsDocument(all), 'pretty'))
    return EXIT_CODES.ok
  }
  const lines = textTable<Action>(
    [
      { title: 'ACTION', align: 'left', cell: ({ name }) => span(name, 'strong') },
      { title: 'KEY', align: 'left', cell: ({ key }) => key ?? '' },
      { title: 'ON', align: 'left', cell: ({ target }) => target },
      { title: 'DANGER', align: 'left', cell: ({ danger }) => danger },
      { title: 'TAKES', align: 'left', cell: ({ fields }) => fields.map(fieldText).join(' ') },
      { title: 'WHAT IT DOES', align: 'left', cell: ({ explains }) => explains },
    ],
    all,
    '',
  )
  await output.write((await linePrinter(colour))(lines))
  return EXIT_CODES.ok
}

/** The document of `pgdeck do --list --json`. */
export function actionsDocument(all: readonly Action[]) {
  const actions = all.map(({ name, title, explains, key, danger, target, fields }) => {
    return { name, title, explains, key, danger, target, arguments: fields.map(fieldDocument) }
  })
  return { schema: 'pgdeck.actions/1', actions }
}

function fieldDocument({ defaultText, isAsked: _, ...field }: ActionField) {
  return { ...field, ...(defaultText === undefined ? {} : { otherwise: defaultText }) }
}

function fieldText({ name, required }: { readonly name: string; readonly required: boolean }): string {
  return required ? `${name}=…` : `[${name}=…]`
}
