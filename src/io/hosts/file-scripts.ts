// The scripts that read and replace files on a host: POSIX sh, with the tools of Linux, BSD and macOS.

import { shellQuote } from '../../model/values/shell-quote.ts'
import { type FileIdentity, openedFileScript } from './inspect-folder.ts'
import { base64Lines } from './program-script.ts'

/** Exit codes of these scripts. Their stderr says more. */
export const FILE_SCRIPT_EXIT = {
  notThere: 61,
  notAllowed: 62,
  notAFile: 63,
  tooLarge: 64,
  changed: 65,
  exists: 66,
  notWritten: 67,
  owner: 68,
  noProgram: 69,
} as const

/** Mode in hex, ids and names of owner and group, size, seconds since the epoch, name. No account name contains `/`. */
const FACTS = `LC_ALL=C; export LC_ALL
if stat -c %f / >/dev/null 2>&1
then facts() { stat -L -c '%f/%u/%g/%U/%G/%s/%Y/%n' -- "$@"; }
else facts() { stat -L -f '%Xp/%u/%g/%Su/%Sg/%z/%m/%N' -- "$@"; }
fi
say() { printf '%s\\n' "$1" >&2; }
denied() { say "user $(id -un 2>/dev/null): $1"; exit ${FILE_SCRIPT_EXIT.notAllowed}; }
seen() {
  e=$(ls -dL -- "$1" 2>&1 >/dev/null) && return 0
  case $e in
    *'No such file'*|*'Not a directory'*) return ${FILE_SCRIPT_EXIT.notThere};;
    *) denied "$e";;
  esac
}
`

const CHANGING = `if command -v sha256sum >/dev/null 2>&1; then hash() { sha256sum <"$1"; }
elif command -v shasum >/dev/null 2>&1; then hash() { shasum -a 256 <"$1"; }
elif command -v openssl >/dev/null 2>&1; then hash() { openssl dgst -sha256 -r <"$1"; }
else exit ${FILE_SCRIPT_EXIT.noProgram}
fi
command -v base64 >/dev/null 2>&1 || exit ${FILE_SCRIPT_EXIT.noProgram}
sum() { hash "$1" | cut -c1-64; }
down() { sync "$1" 2>/dev/null || sync; }
t= u=
trap 'rm -f -- "$t" "$u" 2>/dev/null' EXIT
trap 'exit 1' HUP INT TERM
target() {
  if [ -L "$1" ]; then readlink -f -- "$1"; else printf '%s\\n' "$1"; fi
}
keep() {
  u=$(mktemp "$(dirname -- "$2")/.pgdeck.XXXXXXXX") && cp -p -- "$1" "$u" && down "$u" || exit ${FILE_SCRIPT_EXIT.notWritten}
  ln -- "$u" "$2" 2>/dev/null || { [ -f "$2" ] && [ "$(sum "$2")" = "$(sum "$1")" ]; } || {
    [ -e "$2" ] && { say "$2"; exit ${FILE_SCRIPT_EXIT.exists}; }
    exit ${FILE_SCRIPT_EXIT.notWritten}
  }
  rm -f -- "$u"; u=
}
`

/** Prints one line of facts, and then the bytes of a regular file that is small enough. */
export function readFileScript(path: string, maxBytes: number): string {
  return `${FACTS}f=${operand(path)}
${readable}
[ "$(facts "$f" | cut -d/ -f6)" -le ${maxBytes} ] || exit ${FILE_SCRIPT_EXIT.tooLarge}
facts "$f" && cat -- "$f"`
}

/** Which bytes of a file are read: all, or so many from its start, its end, or a byte counted from 0. */
export interface FilePart {
  readonly maxBytes: number | null
  readonly from: 'start' | 'end' | number
}

/** Prints the bytes of a part of a file; with `expected` only if it is that very file. */
export function streamFileScript(path: string, part: FilePart, expected: FileIdentity | null): string {
  const bytes = partCommand(part)
  const begin = `${FACTS}f=${operand(path)}
${readable}`
  return expected === null
    ? `${begin}\n${bytes} -- "$f"`
    : `${begin}\n${openedFileScript(operandPath(path), bytes, expected, FILE_SCRIPT_EXIT.changed)}`
}

function partCommand({ maxBytes, from }: FilePart): string {
  if (typeof from === 'number')
    return `rest() { tail -c +${from + 1} "$@" | ${maxBytes === null ? 'cat' : `head -c ${maxBytes}`}; }; rest`
  if (maxBytes === null) return 'cat'
  return `${from === 'end' ? 'tail' : 'head'} -c ${maxBytes}`
}

/** Prints a line of facts for each entry, with links followed. Dangling links are left out. */
export function listFolderScript(folder: string): string {
  return `${FACTS}f=${operand(folder)}
seen "$f" || exit
[ -d "$f" ] || exit ${FILE_SCRIPT_EXIT.notAFile}
cd -- "$f" && [ -r . ] || denied 'permission denied'
for n in .* *; do
  case $n in .|..) continue;; esac
  set -- "$@" "./$n"
  [ $# -ge 200 ] && { facts "$@" 2>/dev/null; set --; }
done
[ $# -gt 0 ] && facts "$@" 2>/dev/null
exit 0`
}

const readable = `seen "$f" || exit
[ -f "$f" ] || exit ${FILE_SCRIPT_EXIT.notAFile}
[ -r "$f" ] || denied 'permission denied'`

interface Change {
  readonly path: string
  /** Hash of the expected content; null: there must be no file. */
  readonly expected: string | null
  readonly backup: string | null
}

/**
 * Writes a temporary file with the owner and mode of the old one, syncs it, and then renames it. A new file gets the
 * owner of its folder, and only those who may read the folder may read it.
 */
export function replaceFileScript(change: Change, content: Uint8Array, sha256: string, mark: string): string {
  return `${FACTS}${CHANGING}${start(change)}
d=$(dirname -- "$f")
t=$(mktemp "$d/.pgdeck.XXXXXXXX") || exit ${FILE_SCRIPT_EXIT.notWritten}
${change.expected === null ? fresh : alike}
base64 -d >"$t" <<'${mark}' || exit ${FILE_SCRIPT_EXIT.notWritten}
${base64Lines(content)}
${mark}
[ "$(sum "$t")" = ${sha256} ] || exit ${FILE_SCRIPT_EXIT.notWritten}
[ "$(facts "$t" | cut -d/ -f2-3)" = "$(facts "$like" | cut -d/ -f2-3)" ] || exit ${FILE_SCRIPT_EXIT.owner}
down "$t"
${change.expected === null ? place : swap}
down "$d"
exit 0`
}

/** Removes the file if it has the expected content. */
export function removeFileScript(change: Change): string {
  return `${FACTS}${CHANGING}${start(change)}
rm -f -- "$f" || exit ${FILE_SCRIPT_EXIT.notWritten}
down "$(dirname -- "$f")"
exit 0`
}

/**
 * A new file gets the owner of the server's own files, because the server could not read one of another user. In a
 * folder that everybody may write to, owners differ.
 */
const fresh = `like=$d
chmod 600 "$t"
[ -n "$(find "$d" -prune -perm -040 2>/dev/null)" ] && chmod 640 "$t"
[ -n "$(find "$d" -prune -perm -002 2>/dev/null)" ] && like=$t
chown "$(facts "$like" | cut -d/ -f2-3 | tr / :)" "$t" 2>/dev/null`

const alike = `cp -p -- "$f" "$t" || exit ${FILE_SCRIPT_EXIT.notWritten}
like=$f`

const swap = `[ "$(sum "$f")" = "$want" ] || exit ${FILE_SCRIPT_EXIT.changed}
mv -f -- "$t" "$f" || exit ${FILE_SCRIPT_EXIT.notWritten}
t=`

/** Unlike a rename, a hard link never replaces another file. */
const place = `ln -- "$t" "$f" 2>/dev/null || {
  if [ -e "$f" ]; then exit ${FILE_SCRIPT_EXIT.exists}; else exit ${FILE_SCRIPT_EXIT.notWritten}; fi
}`

function start({ path, expected, backup }: Change): string {
  const file = `f=${operand(path)}\n`
  if (expected === null) return `${file}if [ -e "$f" ] || [ -L "$f" ]; then exit ${FILE_SCRIPT_EXIT.exists}; fi`
  return `${file}seen "$f" || exit
f=$(target "$f")
want=${expected}
[ -f "$f" ] || exit ${FILE_SCRIPT_EXIT.notAFile}
[ -r "$f" ] || denied 'permission denied'
[ "$(sum "$f")" = "$want" ] || exit ${FILE_SCRIPT_EXIT.changed}
${backup === null ? '' : `keep "$f" ${operand(backup)}`}`
}

/** A path that no program takes for an option, whatever it begins with. */
function operand(path: string): string {
  return shellQuote(operandPath(path))
}

function operandPath(path: string): string {
  return path.startsWith('-') ? `./${path}` : path
}
