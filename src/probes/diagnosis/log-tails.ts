// Reads the ends of a server's logs on its host, also of those that rotation has put aside.

import { randomBytes } from 'node:crypto'
import { LOG_FORMATS, logNames, usualLogNames } from '../../model/logs/log-file-names.ts'
import { scriptWord } from '../host/host-script.ts'
import type { AccessibleHost } from '../probe.ts'
import { runOnHost } from './on-host.ts'

/** Of each format in each folder. */
const TAIL_BYTES = 128 * 1024
const MOST_FILES = 6
/** Of all together: a shell may print little more. */
const MOST_BYTES = 512 * 1024
/** Unpacking takes long, and a small file may hold gigabytes. */
const LARGEST_PACKED_BYTES = 2 * 1024 * 1024
const MOST_UNPACKED_BYTES = 64 * 1024 * 1024

/*
 * Of each format in each folder the newest file, and before it as many of the older ones as there is room for. A path to a file stands
 * for that file and its rotated versions. No file is told twice. What is no plain file is passed over: a pipe would hang, and a link
 * may lead to what the server itself may not read.
 */
const FUNCTIONS = `IFS='
'
set -f
seen="
"
room=${MOST_BYTES}
tell() { case $seen in *"
$1
"*) return;; esac
seen="$seen$1
"
size=$(wc -c < "$1") && [ "$size" -gt 0 ] && [ "$left" -gt 0 ] || return
case $1 in
*.gz) [ "$size" -le ${LARGEST_PACKED_BYTES} ] || return
  printf '\\n%s\\n' "$mark"; gzip -cd -- "$1" | head -c ${MOST_UNPACKED_BYTES} | tail -c "$left"; room=$((room - left)); left=0;;
*) printf '\\n%s\\n' "$mark"; tail -c "$left" -- "$1"
  [ "$size" -le "$left" ] || size=$left
  left=$((left - size)); room=$((room - size));;
esac; }
begin() { left=${TAIL_BYTES}; [ "$room" -gt "$left" ] || left=$room; count=0; printf '\\n%s\\n' "$group"; }
take() { for n in $names; do
  [ "$left" -gt 0 ] && [ "$count" -lt ${MOST_FILES} ] || break
  [ -f "$d/$n" ] && [ ! -h "$d/$n" ] || continue
  count=$((count + 1)); tell "$d/$n"
done; }
listed() { names=$(ls -t -- "$d" | grep -E -e "$1" | grep -vE -e "$2" | head -n 50); [ -n "$names" ]; }
versions() { all=$(ls -t -- "$d"); names=
for n in $all; do case $n in "$1".[0-9]*|"$1"-[0-9]*) names="$names$n
";; esac; done; }
`

/** By the pattern of the server, or by usual names where no file has its name. */
function formatScript(filename: string | null): string {
  return LOG_FORMATS.map((format) => {
    const [own, usual] = [logNames(filename, format), usualLogNames(format)]
    const lists = [own, usual].flatMap((names) =>
      names === null ? [] : [`listed ${scriptWord(names.wanted)} ${scriptWord(names.unwanted)}`],
    )
    return `${lists.join(' || ')}; begin; take`
  }).join('\n')
}

/**
 * Returns the ends of the logs in these folders, the oldest lines first, a text for each format of each folder; none if none can be
 * read. `filename` is the server's `log_filename`, null where it is not known. Throws FaultError.
 */
export async function logTailsOnHost(
  access: AccessibleHost,
  places: readonly string[],
  filename: string | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (places.length === 0) return []
  const [mark, group] = [`-- ${randomBytes(12).toString('hex')}`, `== ${randomBytes(12).toString('hex')}`]
  const script = `mark=${scriptWord(mark)}; group=${scriptWord(group)}; set -- ${places.map(scriptWord).join(' ')}
${FUNCTIONS}for place in "$@"; do
if [ -f "$place" ]; then
case $place in /*) d=\${place%/*}/;; */*) d=\${place%/*};; *) d=.;; esac
begin; tell "$place"; versions "\${place##*/}"; take
elif [ -d "$place" ]; then d=$place
${formatScript(filename)}
fi
done 2>/dev/null`
  const output = `${await runOnHost(access, script, signal)}\n`
  const groups = output.split(`\n${group}\n`).slice(1)
  const texts = groups.map((files) => files.split(`\n${mark}\n`).slice(1).toReversed().join('\n'))
  return texts.filter((text) => text.trim() !== '')
}
