// `rename`: changes the display name of a server or database, which is stored beside the configuration. The cluster is
// unchanged.

import { noImpact } from '../model/runs/plan.ts'
import { clean } from '../model/values/text.ts'
import { type Action, type Draft, PlanError, type PlanningView } from './definition/action.ts'
import * as arg from './definition/step-arguments.ts'
import { defineStep, type StepPlan } from './definition/step-kind.ts'
import { findDatabase, findServer } from './definition/target.ts'

/** Longest display name, like the names in PostgreSQL. */
const LONGEST = 63

export const renameAction: Action = {
  name: 'rename',
  title: 'rename: a display name of your own',
  explains: 'Changes only the name that pgdeck shows; hosts, roles and standbys keep theirs.',
  key: 'r',
  danger: 'routine',
  target: 'node',
  locks: 'none',
  fields: [
    {
      name: 'name',
      explains: 'the new name; the configured name removes the display name',
      kind: 'text',
      required: true,
    },
  ],
  whyNot: (clusterView, target) => (nodeOf(clusterView, target) ? null : 'select a server or a database first'),
  draft(clusterView, request): Draft {
    const node = nodeOf(clusterView, request.target)
    const wanted = (request.input.name ?? '').trim()
    if (!node) throw new PlanError(`rename: ${request.target} is neither a server nor a database`)
    const problem = nameProblem(clusterView, node.id, wanted)
    if (problem !== null) throw new PlanError(`rename ${node.id}: ${problem}`)
    return {
      target: { id: node.id, name: node.name },
      title: `show ${node.id} as ${wanted}`,
      danger: 'routine',
      impact: noImpact('Only what pgdeck shows changes.'),
      checks: [],
      input: request.input,
      steps: [displayNameKind.plan({ id: node.id, name: wanted })],
    }
  },
}

/** An empty name removes the display name. */
const form = () => arg.form({ id: arg.text(), name: arg.text() })
type Args = arg.Of<typeof form>

export const displayNameKind = defineStep({
  kind: 'display-name',
  version: 1,
  args: form,
  plan: ({ id, name }: Args): StepPlan<Args> => ({
    id: 'rename',
    args: { id, name: name === id ? '' : name },
    title: `${id} is shown as ${name}`,
    how: 'file',
    where: 'the state directory',
    detail: `names.json: ${id} → ${name}`,
    verify: 'the name is saved',
    ifStopped: 'Nothing is left half done.',
    deadlineSeconds: 5,
  }),
  isReadOnly: true,
  run: (args, tools) => tools.rename(args.id, args.name),
  async verify(args, tools) {
    const [id, name] = [args.id, args.name]
    const shown = nodeOf(await tools.refresh(), id)?.name
    if (shown === (name === '' ? id : name)) return { result: 'yes', evidence: `${id} is shown as ${shown}` }
    return { result: 'not-yet', why: `${id} is shown as ${shown ?? '?'}` }
  },
})

function nodeOf(clusterView: Parameters<Action['whyNot']>[0], id: string | null) {
  return findDatabase(clusterView, id) ?? findServer(clusterView, id)
}

/** Why a display name is refused; null if it is valid. */
function nameProblem({ picture }: PlanningView, id: string, name: string): string | null {
  if (name === '') return 'the name is empty'
  if ([...name].length > LONGEST) return `a name has at most ${LONGEST} characters`
  if (clean(name) !== name) return 'a name contains no control and no invisible characters'
  const taken = [...picture.servers, ...picture.databases].some(
    (each) => each.id !== id && (each.id === name || each.name === name),
  )
  return taken ? `another node of this cluster has the name "${name}"` : null
}
