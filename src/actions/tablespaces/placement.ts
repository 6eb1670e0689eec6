// Where the tablespaces of a copy go on their host: as given, else where that server has them, else where the upstream has them.

import { posix } from 'node:path'
import { PlanError } from '../definition/action.ts'
import type { Tablespace } from './tablespaces.ts'

export interface PlacedTablespace extends Tablespace {
  /** Absolute, on the host of the copy. */
  readonly path: string
}

/** One `OID_OR_NAME=PATH`. */
interface GivenPlace {
  readonly tablespace: string
  readonly path: string
}

/** Parses `archive=/mnt/a,16400=/mnt/b`; a backslash takes the next character as it is. Throws PlanError. */
export function parsePlaces(action: string, text: string): readonly GivenPlace[] {
  const places: GivenPlace[] = []
  for (const [, pair = ''] of text.matchAll(/((?:[^,\\]|\\.)+)(?:,|$)/gs)) {
    const [, name, path] = /^((?:[^=\\]|\\.)+)=(.+)$/s.exec(pair.trim()) ?? []
    if (name === undefined || path === undefined || !unescaped(path).startsWith('/'))
      throw new PlanError(`${action}: tablespaces=${text}: NAME=/PATH was expected, several separated by commas`)
    places.push({ tablespace: unescaped(name).trim(), path: canonicalPath(action, unescaped(path).trim()) })
  }
  return places
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, '$1')
}

/** As PostgreSQL writes it into the link. What `..` leads to depends on links. Throws PlanError. */
function canonicalPath(action: string, path: string): string {
  if (path.split('/').includes('..'))
    throw new PlanError(`${action}: tablespaces=…=${path}: a path without .. was expected`)
  return withoutEnd(posix.normalize(path))
}

function withoutEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path
}

/** `own`: the locations in the data directory that is replaced, by OID. Throws PlanError if a given one is not there. */
export function placeTablespaces(
  action: string,
  tablespaces: readonly Tablespace[],
  given: readonly GivenPlace[],
  own: ReadonlyMap<string, string>,
): readonly PlacedTablespace[] {
  const placeOf = ({ oid, name }: Tablespace) =>
    given.find(({ tablespace }) => tablespace === name) ?? given.find(({ tablespace }) => tablespace === oid)
  const used = tablespaces.map(placeOf)
  const unknown = given.find((each) => !used.includes(each))
  if (unknown) {
    const names = tablespaces.map(({ name }) => name).join(', ')
    const there = names === '' ? 'the upstream has none outside its data directory' : `the upstream has ${names}`
    throw new PlanError(`${action}: there is no tablespace ${unknown.tablespace}: ${there}`)
  }
  return tablespaces.map((each, index) => ({
    ...each,
    path: used[index]?.path ?? own.get(each.oid) ?? withoutEnd(each.location),
  }))
}

/** One place as `--set tablespaces=` takes it. */
export function placeSetting(name: string, path: string): string {
  return `${name.replaceAll(/[\\,=]/g, '\\$&')}=${path}`
}
