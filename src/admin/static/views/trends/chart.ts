// One chart, by uPlot: lines over time, and below it in words what they are and what they are where one points.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { html } from '../../html.ts';
import { theme } from '../../theme.ts';
import { Untrusted } from '../../parts/untrusted.ts';

export interface Line {
  readonly label: string;
  readonly counts: readonly number[];
  /** A token of the styles, `--line-critical`. */
  readonly token: string;
  /** Of another time: drawn faintly. */
  readonly isFaint?: boolean;
  readonly isFilled?: boolean;
}

interface ChartFields {
  /** What a screen reader says, with the numbers that matter. */
  readonly label: string;
  /** Starts of the intervals in ms. */
  readonly starts: readonly number[];
  readonly lines: readonly Line[];
  readonly height: number;
  /** Told where each moment stands, in pixels from the chart's left, after each drawing. */
  readonly onDrawn?: (toPixels: (ms: number) => number | undefined) => void;
}

export function Chart({ label, starts, lines, height, onDrawn }: ChartFields) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const [at, setAt] = useState<number | undefined>(undefined);
  const drawn = useRef(onDrawn);
  drawn.current = onDrawn;
  const scheme = useScheme();
  // Lines come and go: then it is another chart. Other numbers are the same one.
  const shape = `${scheme} ${lines.map(({ label: name, token }) => `${name} ${token}`).join('|')}`;
  const data = (): uPlot.AlignedData => [starts.map((ms) => ms / 1_000), ...lines.map(({ counts }) => [...counts])];

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    let ended = false;
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    void import('uplot').then(({ default: UPlot }) => {
      if (ended) return;
      const options = optionsOf({ element, lines, height, setAt, onDraw: (u) => drawn.current?.(toPixels(u)) });
      plot.current = new UPlot(options, data(), element);
      resized.observe(element);
    });
    return () => {
      ended = true;
      resized.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useLayoutEffect(() => plot.current?.setData(data()), [starts, lines]);

  const move = (by: number) => {
    const next = Math.max(0, Math.min(starts.length - 1, (at ?? (by > 0 ? -1 : starts.length)) + by));
    const start = starts[next];
    if (plot.current === undefined || start === undefined) return;
    plot.current.setCursor({ left: plot.current.valToPos(start / 1_000, 'x'), top: 10 });
    setAt(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    move(event.key === 'ArrowLeft' ? -1 : 1);
  };
  return html`<figure class="chart">
    <div
      ref=${box}
      class="chart-plot"
      role="img"
      aria-label=${label}
      tabindex="0"
      onKeyDown=${onKeyDown}
      style=${{ height: `${height}px` }}
    ></div>
    <figcaption class="legend">
      <span class="legend-time quiet">${at === undefined ? 'in all' : timeText(starts[at] ?? 0)}</span>
      ${lines.map(
        (line) =>
          html`<span key=${line.label} class="legend-item">
            <span
              class="swatch"
              data-faint=${line.isFaint === true ? '' : undefined}
              style=${{ color: `var(${line.token})` }}
            ></span>
            <${Untrusted} text=${line.label} /> <b>${numberAt(line, at).toLocaleString('en')}</b>
          </span>`,
      )}
    </figcaption>
  </figure>`;
}

function numberAt({ counts }: Line, at: number | undefined): number {
  return at === undefined ? counts.reduce((sum, count) => sum + count, 0) : (counts[at] ?? 0);
}

interface Drawing {
  readonly element: HTMLElement;
  readonly lines: readonly Line[];
  readonly height: number;
  readonly setAt: (index: number | undefined) => void;
  readonly onDraw: (plot: uPlot) => void;
}

function optionsOf({ element, lines, height, setAt, onDraw }: Drawing): uPlot.Options {
  const colourOf = (token: string) => colourIn(element, token);
  const quiet = colourOf('--quiet');
  const axis = {
    stroke: quiet,
    grid: { stroke: colourOf('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, "DejaVu Sans", sans-serif',
  };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    padding: [10, 8, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'trends' }, points: { size: 6 } },
    // 24 hours, and no month twice.
    fmtDate: (template) => (date) => dateText(date, template),
    scales: {
      // The last interval has its whole length.
      x: { range: (plot, min, max) => [min, max + ((plot.data[0][1] ?? min) - (plot.data[0][0] ?? min))] },
      y: { range: (_plot, _min, max) => [0, Math.max(4, Math.ceil(max * 1.08))] },
    },
    axes: [
      { ...axis, space: 70 },
      {
        ...axis,
        size: 44,
        space: 34,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7],
        values: (_plot, splits) => splits.map((value) => value.toLocaleString('en', { notation: 'compact' })),
      },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, colourOf))],
    hooks: {
      setCursor: [
        ({ cursor: { idx, left } }) => setAt(idx === null || idx === undefined || (left ?? -1) < 0 ? undefined : idx),
      ],
      draw: [onDraw],
    },
  };
}

function seriesOf({ label, token, isFaint, isFilled }: Line, colourOf: (token: string) => string): uPlot.Series {
  const colour = colourOf(token);
  return {
    label,
    stroke: colour,
    width: isFaint === true ? 1 : 1.5,
    points: { show: false },
    ...(isFaint === true ? { dash: [4, 4] } : {}),
    ...(isFilled === true ? { fill: colourOf(`${token}-back`) } : {}),
  };
}

/** The canvas knows no tokens; the browser resolves them for an element. */
function colourIn(element: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function toPixels(plot: uPlot): (ms: number) => number | undefined {
  const { min = 0, max = 0 } = plot.scales['x'] ?? {};
  const offset = plot.bbox.left / devicePixelRatio;
  return (ms) => {
    const seconds = ms / 1_000;
    return seconds < min || seconds > max ? undefined : offset + plot.valToPos(seconds, 'x');
  };
}

function dateText(date: Date, template: string): string {
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  const [hasTime, hasDay] = [/\{h+\}|\{H+\}|\{mm\}/.test(template), /\{D+\}|\{M+\}/.test(template)];
  if (hasTime && hasDay) return `${time}\n${day}`;
  return hasDay || !hasTime ? day : time;
}

function timeText(ms: number): string {
  return new Date(ms).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

/** Changes when the page goes from light to dark: colours of the canvas are drawn anew. */
function useScheme(): string {
  const dark = useRef(matchMedia('(prefers-color-scheme: dark)'));
  const [isDark, setDark] = useState(dark.current.matches);
  useEffect(() => {
    const query = dark.current;
    const change = () => setDark(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return `${theme.value} ${isDark}`;
}
