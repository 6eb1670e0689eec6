// Whether what is at a path may decide what this program executes and trusts: only its user or root may have written it.

import { spawnSync } from 'node:child_process'
import { accessSync, constants, lstatSync, readlinkSync, type Stats } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { shellQuote } from '../../model/values/shell-quote.ts'
import { isPrivateGroupOf } from './own-group.ts'

/** Whose a file is and who may write it, as the system tells of it. */
export type PathOwnership = Pick<Stats, 'uid' | 'gid' | 'mode'>

/** Why something is not obeyed: a sentence without its subject, and the command that mends it. */
export interface Distrust {
  readonly path: string
  readonly why: string
  readonly remedy: string
}

/** As the system does, before it gives up. */
const MOST_LINKS = 40
const ASK_MS = 2_000

/** `mallory`, or `uid 1001` for a user without a name. */
function nameOf(uid: number): string {
  const { status, stdout } = spawnSync('id', ['-nu', String(uid)], { encoding: 'utf8', timeout: ASK_MS })
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : `uid ${uid}`
}

function ownName(uid: number): string {
  try {
    return uid === 0 ? 'root' : userInfo().username
  } catch {
    return String(uid)
  }
}

/** Systems without owners (Windows) have rights of another kind, which are not judged here. */
function caller(): number | null {
  return process.geteuid?.() ?? null
}

/** Of somebody other than the user who runs this and root. */
export function isForeignOwned({ uid }: Pick<PathOwnership, 'uid'>): boolean {
  const me = caller()
  return me !== null && uid !== me && uid !== 0
}

/**
 * Why a file or folder of these facts is not obeyed: somebody other than this user and root owns it or may write it; null
 * when none does. `path` is for messages and for what the facts don't tell.
 */
export function distrustOf(path: string, facts: PathOwnership): Distrust | null {
  const me = caller()
  if (me === null) return null
  if (isForeignOwned(facts)) {
    const wanted = me === 0 ? 'root' : `${ownName(me)} or root`
    const mend = `chown ${shellQuote(ownName(me))} ${shellQuote(path)}`
    return { path, why: `belongs to ${nameOf(facts.uid)}, not to ${wanted}`, remedy: mend }
  }
  return writableByOthers(path, facts)
}

/** Why not, whoever owns it: others than its owner may write it. */
export function writableByOthers(path: string, facts: PathOwnership): Distrust | null {
  const me = caller()
  if (me === null || (facts.mode & 0o022) === 0 || isReadOnly(path)) return null
  if ((facts.mode & 0o002) !== 0) {
    const mode = (facts.mode & 0o020) === 0 ? 'o-w' : 'go-w'
    return { path, why: 'is writable by every user', remedy: `chmod ${mode} ${shellQuote(path)}` }
  }
  if (!isPrivateGroupOf(facts.gid, [facts.uid, me])) {
    return { path, why: `is writable by its group (${facts.gid})`, remedy: `chmod g-w ${shellQuote(path)}` }
  }
  if (!hasAccessList(path)) return null
  return { path, why: 'is writable through its access control list', remedy: `chmod g-w ${shellQuote(path)}` }
}

/** What is mounted read-only is written by nobody here: Kubernetes gives folders of configuration the mode 0777. */
function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS'
  }
}

/** With an access list, the rights of the group are the most that anybody on it has: ls marks such files with a plus. */
function hasAccessList(path: string): boolean {
  const { stdout } = spawnSync('ls', ['-ldn', '--', path], { encoding: 'utf8', timeout: ASK_MS })
  return typeof stdout === 'string' && stdout.split(' ', 1)[0]?.endsWith('+') === true
}

/** What a path leads through: the links in it, its folders, and where it ends. */
interface PathTrace {
  readonly links: readonly { readonly path: string; readonly facts: PathOwnership }[]
  /** From the root down. */
  readonly folders: readonly { readonly path: string; readonly facts: PathOwnership }[]
  /** Without links; the last part may not be there. */
  readonly end: string
}

/** Follows a path as the system does. Parts that are not there end it. */
function tracePath(path: string): PathTrace {
  if (caller() === null) return { links: [], folders: [], end: resolve(path) }
  const links: PathTrace['links'][number][] = []
  const folders: PathTrace['folders'][number][] = []
  const rest = resolve(path)
    .split('/')
    .filter((part) => part !== '')
  let at = '/'
  let facts: PathOwnership | undefined = lstatSync(at)
  while (rest.length > 0) {
    const part = rest.shift() ?? ''
    if (part === '..') {
      at = dirname(at)
      facts = lstatSync(at, { throwIfNoEntry: false })
      continue
    }
    const inside = join(at, part)
    const found = lookAt(inside)
    if (facts) folders.push({ path: at, facts })
    if (!found) return { links, folders, end: join(inside, ...rest) }
    if (!found.isSymbolicLink()) {
      at = inside
      facts = found
      continue
    }
    links.push({ path: inside, facts: found })
    if (links.length > MOST_LINKS) return { links, folders, end: inside }
    const target = readlinkSync(inside)
    rest.unshift(...target.split('/').filter((each) => each !== '' && each !== '.'))
    if (isAbsolute(target)) at = '/'
    facts = lstatSync(at, { throwIfNoEntry: false })
  }
  return { links, folders, end: at }
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    // A folder on the way that this user may not enter: whoever opens the file is told.
    return undefined
  }
}

/**
 * Why the way to what is at the path is not trusted: a link of somebody else, or a folder where others may put something in
 * its place. Owners of folders are not compared: what they put there is theirs, and is refused as such. Null when all is well.
 */
export function distrustOfPath(path: string): Distrust | null {
  return foreignSymlink(path) ?? writableFolderOnPath(path)
}

/** The first link on the way that is neither of this user nor of root. */
export function foreignSymlink(path: string): Distrust | null {
  const me = caller()
  const link = tracePath(path).links.find(({ facts }) => isForeignOwned(facts))
  if (me === null || !link) return null
  const mend = `chown -h ${shellQuote(ownName(me))} ${shellQuote(link.path)}`
  return { path: link.path, why: `is a link of ${nameOf(link.facts.uid)}`, remedy: mend }
}

/** The first folder on the way where others than its owner may put another file in the place of this one. */
function writableFolderOnPath(path: string): Distrust | null {
  for (const { path: folder, facts } of tracePath(path).folders) {
    // In a folder such as /tmp only the owner of a file may do so.
    const found = (facts.mode & 0o1000) === 0 ? writableByOthers(folder, facts) : null
    if (found) return found
  }
  return null
}

/** The folder that really holds what is at the path, links followed; null when it is not there. */
export function realFolderOf(path: string): { readonly path: string; readonly facts: PathOwnership } | null {
  const folder = dirname(tracePath(path).end)
  const facts = lookAt(folder)
  return facts ? { path: folder, facts } : null
}

/** Of what the path leads to; null when nothing is there. */
export function ownershipAt(path: string): PathOwnership | null {
  return lookAt(tracePath(path).end) ?? null
}

/** What there is of the path, or the nearest folder above. */
export function nearestExisting(path: string): { readonly path: string; readonly facts: PathOwnership } {
  const facts = ownershipAt(path)
  return facts ? { path, facts } : nearestExisting(dirname(resolve(path)))
}

/** Why others than its owner can decide what is at the path: they may write it, or put another in its place. */
export function whyWritableByOthers(path: string): Distrust | null {
  const facts = ownershipAt(path)
  return facts ? (writableByOthers(tracePath(path).end, facts) ?? writableFolderOnPath(path)) : null
}
