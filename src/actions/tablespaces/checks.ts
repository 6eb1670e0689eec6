// The check that the tablespaces of a copy have their places: folders of the owner of the data, that no other server uses.

import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { clean } from '../../model/values/text.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { dataDirectoryUsing, type PlaceFacts } from './host-places.ts'
import { type PlacedTablespace, placeSetting } from './placement.ts'
import type { PlannedTablespaces, TablespacePlan } from './plan-tablespaces.ts'
import { tablespaceNames } from './tablespaces.ts'

/**
 * `command`: of this action, to which a setting can be added. `mayShareHost`: by its address the upstream may be on the
 * host of the copy.
 */
export function tablespacesHavePlaces(plan: TablespacePlan, command: string, mayShareHost: boolean): PreflightCheck {
  return {
    id: 'tablespaces',
    mayOverride: false,
    run: () => judged(plan, command, mayShareHost),
  }
}

function judged(plan: TablespacePlan, command: string, mayShareHost: boolean): PreflightResult {
  if (plan.kind === 'unknown')
    return {
      result: 'fail',
      message: `the tablespaces are unknown: ${plan.why}`,
      hint: 'Data outside of the data directory could be overwritten. Correct this first.',
    }
  const { tablespaces } = plan
  const { placed, places } = tablespaces
  if (placed.length === 0) return { result: 'pass', message: 'all its data is in the data directory', hint: null }
  const problems = placed.flatMap((each) => {
    const problem = problemWith(each, tablespaces)
    return problem === null ? [] : [{ ...problem, name: each.name }]
  })
  if (problems.length > 0) return blockedBy(problems, command)
  const where = `${tablespaceNames(placed)}, in ${placed.map(({ path }) => clean(path)).join(', ')}`
  if (places.size > 0) return { result: 'pass', message: `its tablespaces have their places: ${where}`, hint: null }
  const shared = mayShareHost ? placed.filter(({ path, location }) => path === location) : []
  if (shared.length > 0) return { ...blockedBy(shared.map(placeOfUpstream), command), mayOverride: true }
  return {
    result: 'warn',
    message: `whether the tablespaces have their places is unknown: ${where}`,
    hint: 'Each must be a folder of the owner of the data, that no other server uses.',
  }
}

function placeOfUpstream({ name, path }: PlacedTablespace): NamedProblem {
  const message = `${path} is where the upstream has it, whose address is that of the same host`
  return { name, message, hint: 'Two servers can’t share it; another host behind that address may have it.' }
}

function blockedBy(problems: readonly NamedProblem[], command: string): Finding {
  const hints = new Set(problems.map(({ hint }) => hint))
  const setting = `tablespaces=${problems.map(({ name }) => placeSetting(name, '/PATH')).join(',')}`
  const other = `For ${problems.length === 1 ? 'another place' : 'other places'}: ${command} --set ${shellCommandLine([setting])}`
  return {
    result: 'fail',
    message: problems.map(({ name, message }) => clean(`tablespace ${name}: ${message}`)).join('; '),
    hint: clean([...hints, other].join(' ')),
  }
}

type Finding = Exclude<PreflightResult, null>

interface NamedProblem extends PlaceProblem {
  readonly name: string
}

interface PlaceProblem {
  readonly message: string
  readonly hint: string
}

function problemWith(each: PlacedTablespace, tablespaces: PlannedTablespaces): PlaceProblem | null {
  const { path } = each
  const facts = tablespaces.places.get(path)
  if (!facts) return null
  if (/\p{Cc}/u.test(path))
    return { message: `${path} has a control character`, hint: 'pgdeck does not use such a path.' }
  const owned = `as the owner of the data: ${shellCommandLine(['mkdir', '-m', '700', path])}`
  switch (facts.kind) {
    case 'missing':
      return { message: `${path} does not exist on that host`, hint: `Create it, ${owned}.` }
    case 'no-folder':
      return { message: `${path} is not a folder`, hint: 'A tablespace needs a folder of its own.' }
    case 'unknown':
      return { message: `${path} can’t be read: ${facts.why}`, hint: 'Correct this first.' }
    case 'folder':
      return problemWithFolder(each, facts, tablespaces)
  }
}

function problemWithFolder(
  { path, oid }: PlacedTablespace,
  facts: Extract<PlaceFacts, { kind: 'folder' }>,
  { placed, places, versionFolder, own, others }: PlannedTablespaces,
): PlaceProblem | null {
  const { realPath, within, isOwned, isWritable, names } = facts
  if (within !== null)
    return { message: `${path} is in the data directory ${within}`, hint: 'A rebuild moves that directory.' }
  if (!isOwned || !isWritable)
    return {
      message: isOwned ? `the owner of the data may not write to ${path}` : `${path} is not of the owner of the data`,
      hint: 'Give the folder to the owner of the data.',
    }
  const twin = placed.find((other) => other.oid !== oid && realPathOf(places.get(other.path)) === realPath)
  if (twin) return { message: `${twin.name} is to go to ${path} too`, hint: 'Each needs a folder of its own.' }
  const user = dataDirectoryUsing(others, realPath, versionFolder)
  if (user !== null)
    return { message: `${path} holds a tablespace of the server in ${user}`, hint: 'Two servers can’t share it.' }
  const isOwn = own?.versionFolder === versionFolder && own.links.some((link) => link.realPath === realPath)
  if (names.includes(versionFolder) && !isOwn)
    return {
      message: `${path} holds data that is not of this server: ${versionFolder}`,
      hint: 'It may be a tablespace of another server on that host. If nothing uses it, move it away.',
    }
  return null
}

function realPathOf(facts: PlaceFacts | undefined): string | null {
  return facts?.kind === 'folder' ? facts.realPath : null
}
