// What a role needs in the database of repmgr.

/** Statements, without the last semicolon. */
export function repmgrGrants(role: string): string {
  const name = `"${role.replaceAll('"', '""')}"`
  return `GRANT USAGE ON SCHEMA repmgr TO ${name}; GRANT SELECT ON repmgr.nodes, repmgr.events TO ${name}`
}
