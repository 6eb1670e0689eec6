// What is known of the certificate of a server.

export interface TlsFacts {
  /** Whole days until notAfter; negative when expired. */
  readonly daysLeft: number
  readonly nameMatches: boolean
  /** True if the chain is trusted, or if the fingerprint is the pinned one. */
  readonly trusted: boolean
  readonly problem: string | null
  readonly subject: string | null
  readonly issuer: string | null
  readonly validToAt: number
  readonly fingerprint: string
}
