// `pgdeck runbook`: the keys and commands of an action as Markdown, from the tables of actions and keys.

import type { Action, ActionField } from '../../../actions/definition/action.ts'
import type { Danger } from '../../../model/measured/spec.ts'
import { clean } from '../../../model/values/text.ts'
import { ACTIONS } from '../../../profiles/actions.ts'
import { currentActionKey } from '../../../ui/keys/names.ts'
import { EXIT_CODES, UsageError } from '../../invocation/exit-codes.ts'
import type { Output } from '../../invocation/output.ts'

interface RunbookOptions {
  readonly action: string
  readonly name: string | undefined
  /** The user's own keys, by id of action. */
  readonly own: Readonly<Record<string, string>>
  readonly output: Output
}

/** Prints the runbook. Resolves to the exit code. Throws UsageError for an unknown action. */
export async function runbookCommand({ action: wanted, name, own, output }: RunbookOptions): Promise<number> {
  const action = ACTIONS.find((each) => each.name === wanted)
  if (!action) throw new UsageError(`runbook: there is no action "${clean(wanted)}"; pgdeck do --list prints them`)
  await output.write(runbookMarkdown(action, name ?? null, own))
  return EXIT_CODES.ok
}

/** Returns the Markdown. `name`: the target; null: a word to replace, such as `DATABASE`. `own`: the user's own keys. */
export function runbookMarkdown(action: Action, name: string | null, own: Readonly<Record<string, string>>): string {
  const { title, explains, danger } = action
  const heading = title.charAt(0).toUpperCase() + title.slice(1)
  return [
    `# ${heading}`,
    '',
    explains,
    '',
    `Danger: \`${danger}\`${MEANINGS[danger]}. The plan tells the danger of this case: it may be higher.`,
    '',
    '## On the screen',
    '',
    ...numbered(screenSteps(action, name, own)),
    '',
    '## From the shell',
    '',
    '```sh',
    ...shellLines(action, name),
    '```',
    '',
    `Exit codes: ${EXIT_CODES.ok} done and verified; ${EXIT_CODES.failed} not done, or done but users can’t write; ${EXIT_CODES.blocked} blocked or not confirmed, nothing was changed; ${EXIT_CODES.stopped} stopped half way.`,
    '',
    // A field of some profiles only is told by the plans of their clusters.
    ...fieldLines(action.fields.filter(({ profiles }) => profiles === undefined)),
    '## If it stops half way',
    '',
    ...numbered([
      '`pgdeck runs` lists the runs. Finished steps are verified when a run is resumed, not repeated.',
      `\`pgdeck do --resume RUN\` continues it; on the screen the menu ${code(keyOf('actions', 'a', own))} has it first.`,
      '`pgdeck do --abort RUN` undoes what can be undone.',
      '`pgdeck audit` shows who did what, when and why.',
    ]),
    '',
  ].join('\n')
}

const MEANINGS: Readonly<Record<Danger, string>> = {
  routine: ': it disturbs nobody',
  disruptive: ': some sessions or statements end',
  outage: ': users are interrupted',
  'data-loss': ': commits may be lost',
}

function screenSteps(action: Action, name: string | null, own: Readonly<Record<string, string>>): readonly string[] {
  const { name: id, target } = action
  const start =
    target === 'cluster'
      ? '`pgdeck` opens the monitor.'
      : `${code(`pgdeck --select ${shown(action, name)}`)} opens the monitor with it selected; in an open one type ${code(`:go ${plainName(action, name)}`)} and enter.`
  const key = keyOfAction(action, own)
  const fold = keyOf('fold', 'tab', own)
  const press =
    key === null
      ? `Type \`:${id}\` and enter, or choose it in the menu ${code(keyOf('actions', 'a', own))}.`
      : `Press ${code(key)}.`
  const atOnce = WITHOUT_PLAN[id]
  if (atOnce !== undefined) return [start, press, atOnce]
  return [
    start,
    ...(action.fields.some(({ name: field }) => field === 'sessions') ? [sessionStep(own)] : []),
    press,
    ...(action.fields.some(({ required }) => required)
      ? ['Fill in what is asked for; enter goes to the next field.']
      : []),
    `Read the plan: the cost, the verdict of the checks, the steps. ${code(fold)} shows all of it, PgDn scrolls. Nothing has changed yet.`,
    confirmation(action, name),
    `Wait for the end: it says whether it is done and seen to have worked, and who serves the users. ${code(keyOf('run-stop', 'x', own))} stops after the present step.`,
  ]
}

/** What the screen does at once for some actions, which have a plan only in the shell. */
const WITHOUT_PLAN: Readonly<Record<string, string>> = {
  rename: 'Type the display name, then enter.',
  'collect-logs': 'Wait for the line that names the file.',
}

function sessionStep(own: Readonly<Record<string, string>>): string {
  const [all, waiting, mark] = [
    keyOf('view-activity', '3', own),
    keyOf('view-locks', '4', own),
    keyOf('mark', 'm', own),
  ]
  return `Press ${code(all)} for the sessions, ${code(waiting)} for those that wait for locks, and select one; ${code(mark)} marks several.`
}

function confirmation({ danger }: Action, name: string | null): string {
  const typed = `Where the plan says \`outage\` or \`data-loss\`, type the name that it asks for${name === null ? '' : ` (usually ${code(clean(name))})`}, then enter. A paste is not accepted.`
  if (danger === 'routine') return `Press enter. ${typed}`
  if (danger === 'disruptive') return `Press \`y\`. ${typed}`
  return typed
}

function shellLines(action: Action, name: string | null): readonly string[] {
  const { name: id, danger, target, fields } = action
  const node = target === 'cluster' ? '' : ` ${shown(action, name)}`
  const values = fields
    .filter(({ required }) => required)
    .map((field) => ` --set ${field.name}=${field.choices?.join('|') ?? field.name.toUpperCase()}`)
    .join('')
  const confirm = danger === 'routine' || danger === 'disruptive' ? '--yes' : `--confirm ${node.trim() || 'CLUSTER'}`
  return [
    '# what is so now',
    'pgdeck status',
    '# the plan, with its checks; changes nothing',
    `pgdeck do ${id}${node}${values} --dry-run`,
    `pgdeck do ${id}${node}${values} ${confirm}`,
    '# what is so after it',
    'pgdeck status',
  ]
}

function fieldLines(fields: readonly ActionField[]): readonly string[] {
  if (fields.length === 0) return []
  const row = ({ name, explains, required, defaultText }: ActionField) =>
    `| \`${name}\` | ${explains} | ${required ? 'needed' : (defaultText ?? 'may be left out')} |`
  return [
    '## Values (`--set NAME=VALUE`)',
    '',
    '| name | meaning | default |',
    '| --- | --- | --- |',
    ...fields.map(row),
    '',
  ]
}

/** The name as it is typed into the palette, or a word to replace. */
function plainName({ target }: Action, name: string | null): string {
  if (name === null) return target === 'server' ? 'SERVER' : target === 'node' ? 'NODE' : 'DATABASE'
  return clean(name)
}

/** The name as a shell takes it, or a word to replace. */
function shown(action: Action, name: string | null): string {
  const safe = plainName(action, name)
  return /^[\w.@:/-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`
}

function keyOfAction({ name, key }: Action, own: Readonly<Record<string, string>>): string | null {
  return own[`do-${name}`] ?? own[name] ?? key
}

/** The key of a binding, as the key table has it with the user's own keys. */
function keyOf(id: string, usual: string, own: Readonly<Record<string, string>>): string {
  return currentActionKey({ keys: own }, id, usual)
}

function code(key: string): string {
  return key.includes('`') ? `\`\` ${key} \`\`` : `\`${key}\``
}

function numbered(lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => `${index + 1}. ${line}`)
}
