// Names of users and databases as the server takes them from a client.

/** Longer names in the client's first message are cut off at so many bytes. */
const LONGEST_BYTES = 63

/** What the server compares with its rules. */
export function truncateName(name: string): string {
  if (name.length * 3 <= LONGEST_BYTES) return name
  const bytes = new TextEncoder().encode(name)
  return bytes.length <= LONGEST_BYTES ? name : new TextDecoder().decode(bytes.subarray(0, LONGEST_BYTES))
}
