/** The round card as emblem: operators down, steps across, one of them accepted. */
export function Emblem({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 28 28" width={size} height={size} aria-hidden="true" focusable="false">
      <g fill="currentColor">
        <rect x="1" y="3" width="26" height="2" />
        <rect x="1" y="24" width="26" height="1" />
      </g>
      <g fill="var(--ink)">
        <rect x="1" y="8" width="5" height="3.4" />
        <rect x="8" y="8" width="5" height="3.4" />
        <rect x="15" y="8" width="5" height="3.4" />
        <rect x="1" y="13" width="5" height="3.4" />
        <rect x="8" y="13" width="5" height="3.4" />
        <rect x="1" y="18" width="5" height="3.4" />
      </g>
      <path d="M18 18.4l3 3 5.6-7" fill="none" stroke="var(--ok)" strokeWidth="2.2" />
    </svg>
  )
}
