// Two plots over the same time: how many runs ended well or badly, and how long they took.

import { useMantineColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatDuration } from "@/shared/time/format";
import type { Trends } from "./trends";

interface TrendChartProps {
  trends: Trends;
  label: string;
  words: { succeeded: string; failed: string; duration: string };
  locale: string;
}

const HEIGHT = 140;

export default function TrendChart({ trends, label, words, locale }: TrendChartProps) {
  const { ref, width } = useElementSize();
  const counts = useRef<HTMLDivElement>(null);
  const durations = useRef<HTMLDivElement>(null);
  const { colorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (!counts.current || !durations.current || width === 0) return;
    const frame = frameOf(width, locale);
    const half = (trends.times[1]! - trends.times[0]!) / 2;
    const x: uPlot.Scale = { range: (_, first, last) => [first - half, last + half] };
    // Stacked: the whole is drawn first, what failed over its lower part.
    const whole = trends.succeeded.map((value, position) => value + trends.failed[position]!);
    const plots = [
      new uPlot(
        { ...frame, series: [{}, bars(words.succeeded, "succeeded"), bars(words.failed, "failed")], scales: { x, y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.1))] } } },
        [trends.times, whole, trends.failed],
        counts.current,
      ),
      new uPlot(
        {
          ...frame,
          series: [{}, { label: words.duration, stroke: colour("state-running"), width: 2, spanGaps: true, points: { show: true, size: 5 } }],
          axes: [frame.axes[0]!, { ...frame.axes[1]!, values: (_, ticks) => ticks.map((tick) => formatDuration(tick * 1_000)) }],
          scales: { x, y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
        },
        [trends.times, trends.durations],
        durations.current,
      ),
    ];
    return () => plots.forEach((plot) => plot.destroy());
  }, [trends, words, locale, width, colorScheme]);
  return (
    <div ref={ref} role="img" aria-label={label}>
      <div ref={counts} />
      <div ref={durations} />
    </div>
  );
}

function frameOf(width: number, locale: string) {
  const axis: uPlot.Axis = { stroke: colour("text-dim"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
  const day = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" });
  const hour = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const values: uPlot.Axis.DynamicValues = (_, ticks, __, ___, step) =>
    ticks.map((tick) => (step >= 86_400 || new Date(tick * 1_000).getHours() === 0 ? day : hour).format(tick * 1_000));
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    axes: [{ ...axis, grid: { show: false }, values, space: 60, size: 26 }, { ...axis, size: 56 }],
  } satisfies Partial<uPlot.Options>;
}

function bars(label: string, state: "succeeded" | "failed"): uPlot.Series {
  const fill = colour(`state-${state}`);
  return { label, fill, stroke: fill, width: 0, paths: uPlot.paths.bars!({ size: [0.7, 40] }), points: { show: false } };
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
