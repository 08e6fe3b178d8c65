/// <reference lib="dom" />
/** The lanes as a chart: axis, zoom and tooltips by ECharts, the items by draw.ts. */
import { CustomChart } from 'echarts/charts';
import { DataZoomComponent, GridComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type {
  CustomSeriesRenderItemAPI as Api,
  CustomSeriesOption,
  CustomSeriesRenderItemReturn as Drawn,
  EChartsOption,
  CustomSeriesRenderItemParams as Params,
} from 'echarts/types/dist/shared';
import type { Picture } from '../picture.ts';
import { drawBand, drawBar, drawClaim, drawEvent, drawTick, hatchOf } from './draw.ts';
import { type Item, itemsOf } from './items.ts';
import type { Layout } from './layout.ts';
import { clockText, offsetText, tickText } from './moments.ts';
import type { Palette } from './palette.ts';

echarts.use([CustomChart, GridComponent, TooltipComponent, DataZoomComponent, CanvasRenderer]);

export type Chart = echarts.ECharts;

/** What is in view, seconds. */
export interface View {
  from: number;
  to: number;
}

export const TOP = 46;
const SLIDER = 24;
const BOTTOM = SLIDER + 18;
const RIGHT = 18;
const TICK_WIDTH = 105;
/** Kinds of items, bottom to top. */
const SERIES = ['lanes', 'bands', 'bars', 'ticks', 'events', 'claims', 'cursor'] as const;

export function chartHeight(layout: Layout, isPaper: boolean): number {
  return TOP + layout.height + (isPaper ? 8 : BOTTOM);
}

/** Paper has finer dots than most screens. */
const PAPER_PIXEL_RATIO = 3;

export function startChart(element: HTMLElement, isPaper: boolean): Chart {
  const devicePixelRatio = isPaper ? PAPER_PIXEL_RATIO : window.devicePixelRatio;
  return echarts.init(element, null, { renderer: 'canvas', devicePixelRatio });
}

export interface Scene {
  picture: Picture;
  layout: Layout;
  palette: Palette;
  view: View;
  width: number;
  /** Where a link led to; null where none was followed. */
  cursor: number | null;
  isPaper: boolean;
}

export interface Drawing {
  option: EChartsOption;
  /** What the pointer is on; null for what tells nothing. */
  itemAt(series: string | undefined, index: number): Item | null;
}

export function drawingOf(scene: Scene): Drawing {
  const { layout, palette, cursor } = scene;
  const items = itemsOf(layout);
  const hatch = hatchOf(palette.bad);
  const lists: Record<(typeof SERIES)[number], readonly unknown[]> = {
    ...items,
    lanes: layout.groups.flatMap((group) => group.lanes),
    cursor: cursor === null ? [] : [cursor],
  };
  type Draw = (index: number, params: Params, api: Api) => Drawn | null;
  const draws: Record<(typeof SERIES)[number], Draw> = {
    lanes: (index, params) => drawLane(scene, index, params),
    bands: (index, params, api) => drawBand(items.bands[index]!, params, api, palette, hatch),
    bars: (index, params, api) => drawBar(items.bars[index]!, params, api, palette),
    ticks: (index, params, api) => drawTick(items.ticks[index]!, params, api, palette),
    events: (index, params, api) => drawEvent(items.events[index]!, params, api, palette),
    claims: (index, params, api) => drawClaim(items.claims[index]!, params, api, palette),
    cursor: (_, params, api) => drawCursor(cursor ?? 0, params, api, palette),
  };
  const series = SERIES.map(
    (id, z): CustomSeriesOption => ({
      type: 'custom',
      id,
      z: z + 2,
      clip: id !== 'events',
      silent: id === 'lanes' || id === 'cursor',
      animation: false,
      data: lists[id].map((_, index) => [index]),
      renderItem: (params, api) => draws[id](params.dataIndex, params, api),
    }),
  );
  const itemAt = (id: string | undefined, index: number): Item | null => {
    const list = id !== undefined && id in items ? items[id as keyof typeof items] : [];
    return list[index] ?? null;
  };
  return { option: { ...frameOf(scene), tooltip: tooltipOf(scene, itemAt), series }, itemAt };
}

function drawLane(scene: Scene, index: number, params: Params): Drawn | null {
  const frame = params.coordSys as unknown as { x: number; y: number; width: number };
  const row = scene.layout.groups.flatMap((group) => group.lanes)[index];
  if (row === undefined) return null;
  const shape = { x: frame.x, y: frame.y + row.y, width: frame.width, height: row.height };
  return { type: 'rect', shape, style: { fill: scene.palette.stripe } };
}

function drawCursor(t: number, params: Params, api: Api, palette: Palette): Drawn {
  const frame = params.coordSys as unknown as { y: number; height: number };
  const x = (api.coord([t, 0]) as number[])[0] as number;
  const shape = { x1: x, y1: frame.y, x2: x, y2: frame.y + frame.height };
  return { type: 'line', shape, style: { stroke: palette.accent, lineWidth: 2, opacity: 0.8 } };
}

function frameOf(scene: Scene): EChartsOption {
  const { picture, layout, palette, view, width, isPaper } = scene;
  const { duration, start } = picture;
  const span = view.to - view.from;
  const inner = width - layout.gutter - RIGHT;
  const font = { fontFamily: palette.font, fontSize: 12, color: palette.quiet };
  const zoom = { xAxisIndex: 0, filterMode: 'none' as const, startValue: view.from };
  const both = { ...zoom, endValue: view.to, minValueSpan: Math.min(duration, 0.001) };
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: palette.font },
    grid: { left: layout.gutter, right: RIGHT, top: TOP, height: layout.height },
    yAxis: { type: 'value', min: 0, max: 1, show: false },
    xAxis: {
      type: 'value',
      position: 'top',
      min: 0,
      max: duration,
      splitNumber: Math.max(2, Math.floor(inner / TICK_WIDTH)),
      axisLine: { show: true, lineStyle: { color: palette.line } },
      axisTick: { lineStyle: { color: palette.line } },
      splitLine: { lineStyle: { color: palette.line } },
      axisLabel: {
        ...font,
        lineHeight: 16,
        hideOverlap: true,
        ...(layout.isNarrow ? { alignMinLabel: 'left' as const } : {}),
        showMaxLabel: false,
        showMinLabel: view.from === 0,
        formatter: (t: number) => {
          const clock = clockText(start, t, span > 60 ? 0 : span > 1 ? 1 : 3);
          return clock === '' ? tickText(t) : `${tickText(t)}\n${clock}`;
        },
      },
    },
    dataZoom: [
      {
        type: 'inside',
        ...both,
        zoomOnMouseWheel: 'ctrl',
        moveOnMouseWheel: false,
        // A finger that moves up or down scrolls the page.
        preventDefaultMouseMove: false,
      },
      {
        type: 'slider',
        ...both,
        show: !isPaper,
        bottom: 4,
        height: SLIDER,
        brushSelect: false,
        showDetail: false,
        borderColor: palette.line,
        fillerColor: `${palette.accent}26`,
        handleStyle: { color: palette.surface, borderColor: palette.accent },
        moveHandleStyle: { color: palette.accent, opacity: 0.5 },
        dataBackground: { lineStyle: { opacity: 0 }, areaStyle: { opacity: 0 } },
        selectedDataBackground: { lineStyle: { opacity: 0 }, areaStyle: { opacity: 0 } },
      },
    ],
  };
}

function tooltipOf(scene: Scene, itemAt: Drawing['itemAt']): NonNullable<EChartsOption['tooltip']> {
  const { palette, picture, view } = scene;
  return {
    trigger: 'item',
    confine: true,
    className: 'tip',
    transitionDuration: 0,
    // The library keeps a tooltip on one line by itself.
    extraCssText: 'white-space: normal; max-width: min(300px, 90%)',
    backgroundColor: palette.surface,
    borderColor: palette.line,
    textStyle: { color: palette.ink, fontSize: 13 },
    formatter: (one) => {
      const { seriesId, dataIndex } = one as { seriesId?: string; dataIndex: number };
      const item = itemAt(seriesId, dataIndex);
      return item === null ? '' : tip(item, picture, view);
    },
  };
}

/** Elements, not text: nothing that a capture said is ever read as markup. */
function tip(item: Item, picture: Picture, view: View): HTMLElement {
  const box = document.createElement('div');
  const say = (text: string, name = ''): void => {
    const line = document.createElement('p');
    line.textContent = text;
    if (name !== '') line.className = name;
    box.append(line);
  };
  for (const text of item.about) say(text);
  const span = view.to - view.from;
  const clock = clockText(picture.start, item.from);
  const until = item.to - item.from > 1e-6 ? ` to ${offsetText(item.to, span)}` : '';
  say(
    `t ${offsetText(item.from, Math.min(span, 3))}${until}${clock === '' ? '' : ` · ${clock} UTC`}`,
    'quiet',
  );
  say(`frame ${item.frame} (click to copy its filter)`, 'quiet');
  return box;
}
