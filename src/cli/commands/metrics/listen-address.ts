// The address of `--listen`: `[HOST:]PORT`.

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const ADDRESS = /^(?:(\[[0-9a-f:.%\w]+\]|[^:[\]\s]*):)?(\d{1,5})$/i
const LOOPBACK = '127.0.0.1'

/** Parses `9187`, `:9187`, `0.0.0.0:9187`, `localhost:9187`, `[::1]:9187`; loopback without a host. null for any other text. */
export function parseListenAddress(text: string): ListenAddress | null {
  const [, host = '', digits = ''] = ADDRESS.exec(text.trim()) ?? []
  const port = Number(digits)
  if (digits === '' || port > 65_535) return null
  return { host: host.replace(/^\[(.*)\]$/, '$1') || LOOPBACK, port }
}

/** The address as in a URL. */
export function listenUrl({ host, port }: ListenAddress): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
