/** The chart of a report: requests over time, stacked by decision, as SVG without scripts. */
import { escaped } from "./report_text.ts";

/** In stacking order, from the ground up. */
export const DECISIONS = ["allow", "redact", "block", "error"] as const;

/** Most bars; longer periods are counted by week, then by month, then by year. */
const MOST_BARS = 110;
const WIDTH = 900;
const HEIGHT = 180;
const LEFT = 40;
const DAY_MS = 86_400_000;

type Counts = ReadonlyMap<string, number>;
type Step = "day" | "week" | "month" | "year";

interface Bar {
  /** First day of the bar, `YYYY-MM-DD`. */
  readonly day: string;
  readonly counts: Map<string, number>;
}

/** @param days counts by decision, by day (`YYYY-MM-DD`, UTC). */
export function chart(days: ReadonlyMap<string, Counts>): { readonly step: Step; readonly svg: string } {
  const { step, bars } = barsOf(days);
  if (bars.length === 0) return { step, svg: "<p>No records in this period.</p>" };
  const totals = bars.map(({ counts }) => [...counts.values()].reduce((sum, n) => sum + n, 0));
  const top = roundedUp(Math.max(...totals));
  const width = (WIDTH - LEFT) / bars.length;
  const height = (n: number) => n / top * (HEIGHT - 30);
  const drawn = bars.map(({ day, counts }, index) => {
    let ground = HEIGHT - 20;
    const parts = DECISIONS.flatMap((decision) => {
      const n = counts.get(decision) ?? 0;
      if (n === 0) return [];
      ground -= height(n);
      return [
        `<rect class="${decision}" x="${(LEFT + index * width).toFixed(1)}" y="${ground.toFixed(1)}" width="${
          Math.max(0.5, width - Math.min(2, width / 4)).toFixed(1)
        }" height="${height(n).toFixed(1)}"/>`,
      ];
    });
    const said = DECISIONS.flatMap((decision) => counts.has(decision) ? [`${counts.get(decision)} ${decision}`] : []).join(", ");
    return parts.length === 0 ? "" : `<g><title>${escaped(day)}: ${said}</title>${parts.join("")}</g>`;
  });
  const lines = [0, top / 2, top].map((n) =>
    `<line x1="${LEFT}" x2="${WIDTH}" y1="${(HEIGHT - 20 - height(n)).toFixed(1)}" y2="${(HEIGHT - 20 - height(n)).toFixed(1)}"/><text x="${
      LEFT - 6
    }" y="${(HEIGHT - 16 - height(n)).toFixed(1)}" text-anchor="end">${n}</text>`
  );
  const every = Math.max(1, Math.ceil(bars.length / 6));
  const labels = bars.flatMap(({ day }, index) =>
    index % every === 0 ? [`<text x="${(LEFT + index * width).toFixed(1)}" y="${HEIGHT - 4}">${escaped(day)}</text>`] : []
  );
  return {
    step,
    svg: `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Requests by ${step}, stacked by decision">${lines.join("")}${
      drawn.join("")
    }${labels.join("")}</svg>`,
  };
}

/** A bar for every step of the period, those without a request too. */
function barsOf(days: ReadonlyMap<string, Counts>): { readonly step: Step; readonly bars: readonly Bar[] } {
  const sorted = [...days.keys()].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return { step: "day", bars: [] };
  const span = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  const step: Step = span <= MOST_BARS ? "day" : span <= MOST_BARS * 7 ? "week" : span <= MOST_BARS * 30 ? "month" : "year";
  const bars = new Map<string, Bar>();
  for (let time = Date.parse(first); time <= Date.parse(last); time += DAY_MS) {
    const day = new Date(time).toISOString().slice(0, 10);
    const bar = beginOf(day, step);
    const { counts } = bars.get(bar) ?? (bars.set(bar, { day: bar, counts: new Map() }), bars.get(bar)!);
    for (const [decision, n] of days.get(day) ?? []) counts.set(decision, (counts.get(decision) ?? 0) + n);
  }
  return { step, bars: [...bars.values()] };
}

/** First day of the step that `day` is in; weeks begin on Monday. */
function beginOf(day: string, step: Step): string {
  switch (step) {
    case "day":
      return day;
    case "week": {
      const time = Date.parse(day);
      return new Date(time - (new Date(time).getUTCDay() + 6) % 7 * DAY_MS).toISOString().slice(0, 10);
    }
    case "month":
      return `${day.slice(0, 7)}-01`;
    case "year":
      return `${day.slice(0, 4)}-01-01`;
  }
}

/** The next of 2, 4, 6, 8, 10, 20, 40, … */
function roundedUp(n: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(n, 1)));
  return [2, 4, 6, 8, 10].map((factor) => factor * power).find((limit) => limit >= n) ?? 10 * power;
}
