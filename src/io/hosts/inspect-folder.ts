// A folder of a host with the facts of its entries, links as links, for callers that must not be led out of it.

import { shellQuote } from '../../model/values/shell-quote.ts'

/** Identifies a file, whatever its name leads to by now. */
export interface FileIdentity {
  readonly device: string
  readonly inode: string
  readonly uid: number
}

interface InspectedFacts extends FileIdentity {
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly gid: number
  /** Permission bits. */
  readonly mode: number
  /** The number of its hard links. */
  readonly names: number
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch, to the second. */
  readonly modifiedAt: number
}

export interface InspectedEntry extends InspectedFacts {
  readonly name: string
}

export interface InspectedFolder {
  /** Without links. */
  readonly path: string
  /** The user who listed it. */
  readonly uid: number
  /** The owners of the links on the path. */
  readonly linkOwners: readonly number[]
  readonly facts: InspectedFacts
  /** By name, without names that contain a line break. */
  readonly entries: readonly InspectedEntry[]
  /** The number of entries with such names. */
  readonly unnamed: number
}

/** Exit codes of the script beside those of reading a file. */
export interface InspectCodes {
  readonly notThere: number
  readonly notAllowed: number
  readonly notAFile: number
  readonly changed: number
}

/**
 * Mode in hex, device, inode, ids of owner and group, number of links, size, seconds since the epoch, name. Links are
 * not followed.
 */
const FACTS = `LC_ALL=C; export LC_ALL
if stat -c %f / >/dev/null 2>&1
then
  facts() { stat -c '%f/%d/%i/%u/%g/%h/%s/%Y/%n' -- "$@"; }
  held() { stat -L -c '%d/%i/%u' -- /dev/fd/3; }
else
  facts() { stat -f '%Xp/%d/%i/%u/%g/%l/%z/%m/%N' -- "$@"; }
  held() { stat -f '%d/%i/%u' <&3; }
fi
`

/**
 * Prints the user, the owners of the links on the path, the real path of the folder, its facts, those of each entry,
 * and the number of entries left out. If the folder is replaced by a link meanwhile, the path differs and the script
 * notices it.
 */
export function inspectScript(folder: string, codes: InspectCodes): string {
  return `${FACTS}links= at= n=0
f=${shellQuote(folder)}
case $f in /*) ;; *) f=$(pwd -P)/$f;; esac
[ -d "$f" ] || { [ -e "$f" ] || [ -L "$f" ] || exit ${codes.notThere}; exit ${codes.notAFile}; }
rest=$f
while [ -n "$rest" ]; do
  c=\${rest%%/*}
  case $rest in */*) rest=\${rest#*/};; *) rest=;; esac
  case $c in ''|.) continue;; ..) at=\${at%/*}; continue;; esac
  if [ -L "$at/$c" ]; then
    n=$((n + 1)); [ $n -le 40 ] || exit ${codes.notAllowed}
    links="$links $(facts "$at/$c" | cut -d/ -f4)"
    t=$(readlink -- "$at/$c" && echo x) || exit ${codes.changed}
    t=\${t%?x}
    case $t in /*) at=;; esac
    rest=$t/$rest
  else at=$at/$c
  fi
done
at=\${at:-/}
cd -P -- "$f" && [ -r . ] || exit ${codes.notAllowed}
[ "$(pwd -P)" = "$at" ] || exit ${codes.changed}
printf '%s\\n' "$(id -u)$links" "$at"
facts .
left=0
for n in .* *; do
  case $n in .|..) continue;; *'
'*) left=$((left + 1)); continue;; esac
  set -- "$@" "./$n"
  [ $# -ge 200 ] && { facts "$@" 2>/dev/null; set --; }
done
[ $# -gt 0 ] && facts "$@" 2>/dev/null
printf '# %s\\n' "$left"`
}

/** Opens the file once and continues only if it is the expected one. The bytes then come from the open file. */
export function openedFileScript(path: string, bytes: string, expected: FileIdentity, changed: number): string {
  const identity = `${expected.device}/${expected.inode}/${expected.uid}`
  return `${FACTS}exec 3<${shellQuote(path)}
[ "$(held)" = ${shellQuote(identity)} ] || exit ${changed}
${bytes} <&3`
}

/** Parses the output of the script; null for text that it can't have printed. */
export function inspectedFolder(text: string): InspectedFolder | null {
  const [who = '', path = '', own = '', ...rest] = text.split('\n')
  const [uid = Number.NaN, ...linkOwners] = who.split(' ').map(Number)
  const facts = entryOf(own)
  const [, left] = /^# (\d+)$/.exec(rest.at(-2) ?? '') ?? []
  if (!facts || left === undefined || !Number.isInteger(uid) || !path.startsWith('/')) return null
  const entries = rest.slice(0, -2).flatMap((line) => entryOf(line) ?? [])
  entries.sort((one, other) => (one.name < other.name ? -1 : 1))
  return { path, uid, linkOwners, facts, entries, unnamed: Number(left) }
}

const KINDS: ReadonlyMap<number, InspectedFacts['kind']> = new Map([
  [0x8000, 'file'],
  [0x4000, 'folder'],
  [0xa000, 'link'],
])

function entryOf(line: string): InspectedEntry | null {
  const match = /^([0-9a-fA-F]+)\/(\d+)\/(\d+)\/(\d+)\/(\d+)\/(\d+)\/(\d+)\/(-?\d+)\/(?:\.\/)?([^/]+)$/.exec(line)
  if (!match) return null
  const [, mode = '', device = '', inode = '', uid, gid, names, size, seconds, name = ''] = match
  const raw = Number.parseInt(mode, 16)
  return {
    name,
    kind: KINDS.get(raw & 0xf000) ?? 'other',
    device,
    inode,
    uid: Number(uid),
    gid: Number(gid),
    mode: raw & 0o7777,
    names: Number(names),
    size: Number(size),
    modifiedAt: Number(seconds) * 1000,
  }
}
