// The scripts that run a program on a host: wrapped so that its end is known and can be forced.

import { shellCommandLine } from '../../model/values/shell-quote.ts'

/** Seconds between asking a program to end and killing it. */
export const KILL_GRACE_SECONDS = 3

/** Wraps any sh commands: output between marks, no input. For commands that end by themselves. */
export function plainScript(body: string, mark: string): string {
  return `{\n${begin(mark)}\n(\n${body}\n) </dev/null\nc=$?\n${end(mark)}\n}\n`
}

/**
 * Wraps a program with its arguments. It gets its own process group if the host supports that. A line on the shell's
 * standard input ends it, and so does the end of that input, when the connection or pgdeck itself is lost.
 */
export function programScript(
  argv: readonly string[],
  mark: string,
  options: { readonly input: Uint8Array | null; readonly survivesLoss: boolean },
): string {
  // sh looks the program up, so that "not found" is 127 and "not executable" 126 on every system.
  // A program that outlives the connection writes to nobody then: SIGPIPE would end it half way.
  const ignored = options.survivesLoss ? 'trap "" PIPE; ' : ''
  const start = `$s sh -c '${ignored}exec "$@"' sh ${shellCommandLine(argv)} 3<&-`
  const program = options.input === null ? `${start} </dev/null &` : fed(start, options.input, mark)
  // Not every shell's `kill` knows `--`.
  const signal = (name: string) => `{ kill -${name} "-$p" || kill -${name} "$p"; }`
  const asked = `read -r x <&3 ${options.survivesLoss ? '&&' : ';'}`
  return `{
exec 3<&0
s=
command -v setsid >/dev/null 2>&1 && s=setsid
${begin(mark)}
${program}
p=$!
( ${asked} { ${signal('TERM')}; sleep ${KILL_GRACE_SECONDS}; ${signal('KILL')}; } ) >/dev/null 2>&1 &
w=$!
wait "$p"
c=$?
kill "$w" 2>/dev/null
${end(mark)}
}
`
}

/**
 * The script comes on standard input, so the program's own input is inside it, in base64, because it may hold any
 * bytes.
 */
export function base64Lines(bytes: Uint8Array): string {
  return (
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\n')
}

function fed(start: string, input: Uint8Array, mark: string): string {
  return `base64 -d <<'${mark}' 3<&- | ${start} &\n${base64Lines(input)}\n${mark}`
}

function begin(mark: string): string {
  return `printf '%s\\n' '${mark}<'\nprintf '%s\\n' '${mark}<' >&2`
}

function end(mark: string): string {
  return `printf '%s\\n' '${mark}>'"$c"\nprintf '%s\\n' '${mark}>'"$c" >&2\nexit 0`
}
