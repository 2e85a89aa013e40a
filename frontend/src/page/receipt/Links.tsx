/** The five links, upright: each ticks when this page has checked it; the first break stops and says expected and got. */
import type { LinkView } from './links.ts'

const SHAPES = { ok: '✓', broken: '✕', waits: '·', 'not reached': '–' } as const
const WORDS = { ok: 'ok', broken: 'BROKEN', waits: 'waits', 'not reached': 'not reached' } as const

/** @param shown how many have appeared  @param isOver the first break has been reached: what follows is not */
export function Links({ links, shown, isOver }: { links: readonly LinkView[]; shown: number; isOver: boolean }) {
  return (
    <ol className="links" aria-label="Links of the check">
      {links.map((link, i) => {
        const state = i < shown || isOver ? link.state : 'waits'
        return (
          <li key={link.link} data-state={state}>
            <span className="links-shape" aria-hidden="true">
              {SHAPES[state]}
            </span>
            <span className="links-words">
              <strong>{link.words}</strong> <span className="links-state">{WORDS[state]}</span>
              {state === 'ok' ? <span className="detail links-detail">{link.detail}</span> : null}
              {state === 'broken' ? (
                <dl className="links-break">
                  <dt>expected</dt>
                  <dd>{link.expected ?? 'see below'}</dd>
                  <dt>got</dt>
                  <dd>{link.got}</dd>
                </dl>
              ) : null}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
