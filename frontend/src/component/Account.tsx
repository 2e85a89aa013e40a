/** An account by its name, which is somebody else's text: inert, never wider than its place. */
import { Link } from 'wouter'
import { shortAccount } from '../format/hash.ts'

export function Account({ id, plain = false }: { id: string; plain?: boolean }) {
  const name = <bdi title={id}>{shortAccount(id)}</bdi>
  return plain ? (
    <span className="account">{name}</span>
  ) : (
    <Link href={`/why/${encodeURIComponent(id)}`} className="account">
      {name}
    </Link>
  )
}
