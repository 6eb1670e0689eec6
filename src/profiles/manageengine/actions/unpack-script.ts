// How a pack is unpacked over an installation so that its files belong to whom they should.

/**
 * For `sh -c`; $1: the pack, $2: the installation folder, $3: the data directory. Root leaves files of its own, and
 * PostgreSQL reads none of another owner: what was unpacked gets the owner of the data directory, or of the folder that
 * it is in. A data directory that only the pack brought gets the owner of the installation. A link of the pack never
 * changes the owner of what it points to. A pack is not unpacked where a path leads out of the installation, or where a name has
 * a control character: unzip writes such a file under another name than it lists.
 */
export const UNPACK_SCRIPT = `if unzip -Z1 "$1" | grep -E '^[\\/]|(^|[\\/])\\.\\.([\\/]|$)' >&2; then
  echo "$1 has paths that lead out of $2: nothing was unpacked, make the pack anew" >&2
  exit 1
fi
if unzip -Z1 "$1" | LC_ALL=C grep -E '\\^[@-_]|[[:cntrl:]]' >&2; then
  echo "$1 has names with control characters (^J stands for one): nothing was unpacked, make the pack anew" >&2
  exit 1
fi
unzip -o -q "$1" -d "$2" || exit
ids() { stat -L -c %u:%g "$1" 2>/dev/null || stat -L -f %u:%g "$1"; }
owner=$(ids "$3") || exit
if [ "$(id -u)" = 0 ]; then
  [ "\${owner%%:*}" != 0 ] || owner=$(ids "$2") || exit
  [ "\${owner%%:*}" != 0 ] || { echo "$3 belongs to root, as which PostgreSQL does not run: give it to the user of its service" >&2; exit 1; }
  chown -R "$owner" "$3/." || exit
  unzip -Z1 "$1" | grep -v '^pgsql/data/' | while IFS= read -r name; do
    chown -h "$(ids "$(dirname "$2/$name")")" "$2/$name" || exit
  done || exit
fi
other=$(find "$3/." ! -user "\${owner%%:*}" | head -n 1)
[ -z "$other" ] || { echo "$other does not belong to the owner of its data directory (user \${owner%%:*})" >&2; exit 1; }`
