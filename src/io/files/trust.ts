// Whether a file may decide what this program executes and trusts: only this user or root may be able to write it.

import { spawnSync } from 'node:child_process'
import { accessSync, constants, lstatSync, readlinkSync, type Stats } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { shellQuote } from '../../model/values/shell-quote.ts'
import { isPrivateGroupOf } from './own-group.ts'

/** Owner and permissions of a file, as the system reports them. */
export type PathOwnership = Pick<Stats, 'uid' | 'gid' | 'mode'>

/** Why a file is not trusted: a sentence without its subject, and the command that fixes it. */
export interface Distrust {
  readonly path: string
  readonly why: string
  readonly remedy: string
}

/** The system's own limit of links in a path. */
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

/** Systems without owners (Windows) have other rights, which are not judged here. */
function caller(): number | null {
  return process.geteuid?.() ?? null
}

/** True for an owner other than the user of this program and root. */
export function isForeignOwned({ uid }: Pick<PathOwnership, 'uid'>): boolean {
  const me = caller()
  return me !== null && uid !== me && uid !== 0
}

/**
 * Returns why a file or folder is not trusted: a user other than this one and root owns it or may write it; null if it
 * is trusted. `path` is for messages, and for facts beyond the mode.
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

/** Why not, whoever owns it: users other than its owner may write it. */
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

/** No user can write to a read-only mount. Kubernetes gives configuration folders the mode 0777. */
function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS'
  }
}

/**
 * With an access control list, the group's rights are the most that any user on it has. ls marks such files with a
 * plus.
 */
function hasAccessList(path: string): boolean {
  const { stdout } = spawnSync('ls', ['-ldn', '--', path], { encoding: 'utf8', timeout: ASK_MS })
  return typeof stdout === 'string' && stdout.split(' ', 1)[0]?.endsWith('+') === true
}

/** The parts of a path: its links, its folders, and its end. */
interface PathTrace {
  readonly links: readonly { readonly path: string; readonly facts: PathOwnership }[]
  /** From the root down. */
  readonly folders: readonly { readonly path: string; readonly facts: PathOwnership }[]
  /** Without links; the last part may not exist. */
  readonly end: string
}

/** Follows a path as the system does. It ends at a part that does not exist. */
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
    const stats = lookAt(inside)
    if (facts) folders.push({ path: at, facts })
    if (!stats) return { links, folders, end: join(inside, ...rest) }
    if (!stats.isSymbolicLink()) {
      at = inside
      facts = stats
      continue
    }
    links.push({ path: inside, facts: stats })
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
    // This user may not enter a folder on the path: opening the file will report it.
    return undefined
  }
}

/**
 * Returns why the path to a file is not trusted: a link of another user, or a folder in which others can replace a
 * part. Owners of folders are not compared: a file that they put there has their owner, and is refused for that. null:
 * trusted.
 */
export function distrustOfPath(path: string): Distrust | null {
  return foreignSymlink(path) ?? writableFolderOnPath(path)
}

/** Returns the first link on the path that belongs neither to this user nor to root. */
export function foreignSymlink(path: string): Distrust | null {
  const me = caller()
  const link = tracePath(path).links.find(({ facts }) => isForeignOwned(facts))
  if (me === null || !link) return null
  const mend = `chown -h ${shellQuote(ownName(me))} ${shellQuote(link.path)}`
  return { path: link.path, why: `is a link of ${nameOf(link.facts.uid)}`, remedy: mend }
}

/** Returns the first folder on the path in which users other than its owner can replace the next part. */
function writableFolderOnPath(path: string): Distrust | null {
  for (const { path: folder, facts } of tracePath(path).folders) {
    // In a folder such as /tmp only the owner of a file can replace it.
    const distrust = (facts.mode & 0o1000) === 0 ? writableByOthers(folder, facts) : null
    if (distrust) return distrust
  }
  return null
}

/** Returns the real folder of the path, with links followed; null if it does not exist. */
export function realFolderOf(path: string): { readonly path: string; readonly facts: PathOwnership } | null {
  const folder = dirname(tracePath(path).end)
  const facts = lookAt(folder)
  return facts ? { path: folder, facts } : null
}

/** Facts of the file behind the path; null if nothing is there. */
export function ownershipAt(path: string): PathOwnership | null {
  return lookAt(tracePath(path).end) ?? null
}

/** Returns the path itself if it exists, else the nearest folder above. */
export function nearestExisting(path: string): { readonly path: string; readonly facts: PathOwnership } {
  const facts = ownershipAt(path)
  return facts ? { path, facts } : nearestExisting(dirname(resolve(path)))
}

/** Why users other than its owner can decide what is at the path: they may write it, or replace a part of the path. */
export function whyWritableByOthers(path: string): Distrust | null {
  const facts = ownershipAt(path)
  return facts ? (writableByOthers(tracePath(path).end, facts) ?? writableFolderOnPath(path)) : null
}
