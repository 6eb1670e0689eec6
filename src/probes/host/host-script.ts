// The POSIX sh script that samples a host: /proc, df, and the files and processes of PostgreSQL. It writes nothing on
// the host.

import { shellQuote } from '../../model/values/shell-quote.ts'
import { type HostPaths, measuredPaths } from './measured-paths.ts'

/**
 * Quotes text of the configuration or of a server as a word for sh. A NUL is removed, because no argument can contain
 * it.
 */
export function scriptWord(text: string): string {
  return shellQuote(text.replaceAll('\0', ''))
}

/**
 * Returns the script. Each line of its output that begins with `mark` names the section that follows. It runs in dash
 * and busybox. Without /proc (macOS, BSD) it reports less.
 */
export function hostScript(subject: HostPaths, mark: string): string {
  const { dataDirectory: data, binDirectory: bin, unit } = subject
  const paths = measuredPaths(subject).map(({ path }) => scriptWord(path))
  const files = [SAY, SPACE, ...(data === null ? [] : [`data=${scriptWord(data)}`, POSTMASTER])].join('\n')
  return [
    `mark=${scriptWord(mark)}; export mark`,
    PROLOGUE,
    FIGURES,
    ...(unit === null ? [] : [`unit=${scriptWord(unit)}`, SERVICE]),
    ...(paths.length === 0 ? [] : [`brief sh -c ${scriptWord(files)} sh ${paths.join(' ')}`, 'say ended $?']),
    ...(data === null || bin === null ? [] : [`data=${scriptWord(data)}; bin=${scriptWord(bin)}`, CONTROL]),
  ].join('\n')
}

const SAY = `say() { printf '%s %s\\n' "$mark" "$*"; }`

// Commands that can hang on a dead disk or daemon get a limit of a second, if the host has `timeout`. The rest of the
// sample is still reported. The clock is printed in one piece with its name, because the first output marks when it was
// read.
const PROLOGUE = `LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/bin:/bin:/usr/sbin:/sbin; export PATH
printf '%s clock\\n%s\\n' "$mark" "$(date +%s%N)"
${SAY}
if command -v timeout >/dev/null; then brief() { timeout -s KILL 1 "$@"; }; else brief() { "$@"; }; fi`

// One grep reads all files of /proc, and prints the file of each line.
const FIGURES = `say proc
(cd /proc && exec grep '' uptime loadavg meminfo net/dev diskstats sys/kernel/hostname sys/kernel/ostype sys/kernel/osrelease)
(cd /proc && exec grep '^cpu' stat /dev/null)
say devices
for d in /sys/block/*/device; do [ -e "$d" ] && { d=\${d%/device}; echo "disk \${d##*/}"; }; done
for d in /sys/class/net/*/device; do [ -e "$d" ] && { d=\${d%/device}; echo "net \${d##*/}"; }; done
if [ ! -r /proc/loadavg ]; then
say other
uname -n; uname -sr; getconf _NPROCESSORS_ONLN || echo
uptime || echo
sysctl -n kern.boottime || echo
fi`

const SERVICE = `say service
if command -v systemctl >/dev/null; then brief systemctl show -p LoadState -p ActiveState -p SubState -- "$unit" 2>&1; else echo none; fi`

// Paths are numbered, because they may contain line breaks. df gets only paths that can be reached, so that rows and
// paths correspond.
const SPACE = `say paths
i=0; n=$#
while [ "$i" -lt "$n" ]; do
p=$1; shift; i=$((i + 1))
if [ -f "$p" ]; then case $p in */*) p=\${p%/*}/;; *) p=.;; esac; fi
if r=$(cd -P -- "$p" && pwd -P); then printf '%s in %s\\n' "$i" "$r"
elif e=$(ls -d -- "$p" 2>&1 >/dev/null); then printf '%s shut\\n' "$i"; r=$p
else printf '%s not %s\\n' "$i" "\${e##*: }"; continue; fi
case $r in -*) r=./$r;; esac
set -- "$@" "$r"
done
if [ $# -gt 0 ]; then
say blocks; df -Pk "$@" 2>&1
say inodes; df -Pi "$@"
fi`

// Without the right to read the file, the list of processes may help: usually the command line names the data
// directory. A postmaster works in its data directory. A process that works elsewhere got the pid of a postmaster that
// was killed.
const POSTMASTER = `say postmaster
f=$data/postmaster.pid
if [ -r "$f" ]; then
echo file
pid=; { read -r pid; } <"$f"; pid=\${pid#-}
case $pid in ''|*[!0-9]*) pid=0;; esac
if [ -d "/proc/$pid" ]; then
c=; { read -r c; } <"/proc/$pid/comm"
w=0; if readlink "/proc/$pid/cwd" >/dev/null 2>&1; then [ "/proc/$pid/cwd" -ef "$data" ]; w=$?; fi
if [ "$w" = 1 ]; then echo gone; else echo "comm $c"; fi
elif [ ! -d /proc/self ] && c=$(ps -p "$pid" -o comm=); then echo "comm \${c##*/}"
else echo gone; fi
head -n 8 "$f"
elif ls -d -- "$data/." >/dev/null && [ ! -e "$f" ]; then echo none
elif p=$(ps -e -o pid= -o args= | while read -r pid args; do
case "$args " in *postgres*" -D $data "*|*postmaster*" -D $data "*) echo "$pid"; break;; esac
done) && [ -n "$p" ]; then echo "seen $p"
else echo "denied $(ls -d -- "$data/." 2>&1 >/dev/null)"; fi`

const CONTROL = `say control
brief "$bin/pg_controldata" -D "$data" 2>&1
say ended $?`
