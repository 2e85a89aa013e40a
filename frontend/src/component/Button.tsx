/** Buttons: one primary a view, the others quiet. A money button waits while the page is behind the chain. */
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { Link } from 'wouter'
import { useReach } from '../shell/services.tsx'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  primary?: boolean
  /** Moves money: waits while gateway or stream are away. */
  money?: boolean
  /** Something is under way; the words say what. */
  busy?: boolean
  children: ReactNode
}

export function Button({
  primary = false,
  money = false,
  busy = false,
  children,
  className = '',
  ...rest
}: ButtonProps) {
  const { state } = useReach()
  const waits = money && state === 'away'
  return (
    <button
      type="button"
      {...rest}
      className={`button ${primary ? 'primary' : 'quiet'} ${className}`}
      disabled={rest.disabled === true || waits || busy}
      aria-busy={busy || undefined}
      title={waits ? 'Waits for the gateway: what you see may be out of date.' : rest.title}
    >
      {children}
    </button>
  )
}

export function ButtonLink({
  href,
  primary = false,
  children,
}: {
  href: string
  primary?: boolean
  children: ReactNode
}) {
  return (
    <Link href={href} className={`button ${primary ? 'primary' : 'quiet'}`}>
      {children}
    </Link>
  )
}
