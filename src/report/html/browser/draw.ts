/// <reference lib="dom" />
/** How each kind of item is drawn: rectangles, signs and words for the chart's custom series. */
import type {
  CustomSeriesRenderItemAPI as Api,
  CustomSeriesRenderItemReturn as Drawn,
  CustomSeriesRenderItemParams as Params,
} from 'echarts/types/dist/shared';
import type { BandItem, BarItem, ClaimItem, EventItem, TickItem } from './items.ts';
import { hostColor, type Palette } from './palette.ts';

/** The grid's rectangle. */
interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
}

type Shape = Record<string, unknown>;

const BADGE_RADIUS = 9;
const HATCH = 6;

/** The pixels of [from, to], cut to the grid; null outside of it. */
function extent(api: Api, frame: Frame, from: number, to: number): [number, number] | null {
  const left = (api.coord([from, 0]) as number[])[0] as number;
  const right = (api.coord([to, 0]) as number[])[0] as number;
  const end = frame.x + frame.width;
  if (right < frame.x - 1 || left > end + 1) return null;
  return [Math.max(left, frame.x), Math.min(right, end)];
}

const frameOf = (params: Params): Frame => params.coordSys as unknown as Frame;
const group = (...children: (Shape | null)[]): Drawn =>
  ({ type: 'group', children: children.filter((child) => child !== null) }) as unknown as Drawn;

function rect(x: number, y: number, width: number, height: number, style: Shape): Shape {
  return { type: 'rect', shape: { x, y, width, height }, style };
}

function line(x1: number, y1: number, x2: number, y2: number, style: Shape): Shape {
  return { type: 'line', shape: { x1, y1, x2, y2 }, style };
}

/** A hatched pattern, because a shade alone does not survive a bad printer or tired eyes. */
export function hatchOf(color: string): Shape {
  const canvas = document.createElement('canvas');
  const scale = 2;
  canvas.width = canvas.height = HATCH * scale;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.scale(scale, scale);
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.beginPath();
  for (const shift of [-HATCH, 0, HATCH]) {
    context.moveTo(shift, HATCH);
    context.lineTo(shift + HATCH, 0);
  }
  context.stroke();
  return { image: canvas, repeat: 'repeat', scaleX: 1 / scale, scaleY: 1 / scale };
}

export function drawBand(item: BandItem, params: Params, api: Api, palette: Palette, hatch: Shape) {
  const frame = frameOf(params);
  const cut = extent(api, frame, item.from, item.to);
  if (cut === null) return null;
  const [left, right] = cut;
  const { row, band } = item;
  const y = frame.y + row.lanesY - 4;
  const height = row.y + row.height - row.lanesY + 2;
  const width = Math.max(2, right - left);
  const middle = left + width / 2;
  const isRoom = takesRoom(params, `${row.y}`, middle, band.text.length * 7 + 14);
  const font = `600 12px ${palette.font}`;
  const text = { text: band.text, x: middle, y: frame.y + row.headY + 7, font };
  return group(
    rect(left, y, width, height, { fill: palette.bad, opacity: 0.1 }),
    rect(left, y, width, height, { fill: hatch, opacity: 0.55, stroke: palette.bad, lineWidth: 1 }),
    isRoom
      ? {
          type: 'text',
          style: { ...text, fill: palette.bad, align: 'center', verticalAlign: 'middle' },
        }
      : null,
  );
}

/** Whether a label still fits among those drawn before it; the important ones come first. */
function takesRoom(params: Params, key: string, middle: number, width: number): boolean {
  const context = params.context as Record<string, number[] | undefined>;
  const taken = (context[key] ??= []);
  const left = middle - width / 2;
  for (let i = 0; i < taken.length; i += 2) {
    if (left < taken[i + 1]! && taken[i]! < left + width) return false;
  }
  taken.push(left, left + width);
  return true;
}

export function drawBar(item: BarItem, params: Params, api: Api, palette: Palette) {
  const frame = frameOf(params);
  const cut = extent(api, frame, item.from, item.to);
  if (cut === null) return null;
  const [left, right] = cut;
  const { row, bar } = item;
  const color = hostColor(palette, bar.host);
  const y = frame.y + row.y;
  const width = Math.max(2, right - left);
  const isHolder = row.lane.kind === 'holder';
  const room = width - 14;
  const shape = rect(left, y, width, row.height, {
    fill: color,
    opacity: isHolder ? 0.3 : 0.2,
  });
  const edge = rect(left, y, Math.min(3, width), row.height, { fill: color });
  const font = `${isHolder ? 600 : 400} 12px ${palette.font}`;
  const middle = isHolder ? y + row.height / 2 : y + 10;
  const style = { text: bar.text, x: left + 9, y: middle, font, fill: palette.ink };
  const isRoom = bar.text.length * 6.6 < room;
  const label = isRoom ? { type: 'text', style: { ...style, verticalAlign: 'middle' } } : null;
  return group(shape, edge, label, endSign(bar.end, right, y, row.height, palette));
}

/** A resignation is a step down, silence a dotted edge. */
function endSign(
  end: string,
  x: number,
  y: number,
  height: number,
  palette: Palette,
): Shape | null {
  if (end === 'silent') {
    const style = { stroke: palette.bad, lineWidth: 2, lineDash: [3, 2] };
    return line(x + 2, y - 1, x + 2, y + height + 1, style);
  }
  if (end !== 'resigned') return null;
  const points = [
    [x, y],
    [x + 9, y + height / 2],
    [x, y + height],
  ];
  return { type: 'polygon', shape: { points }, style: { fill: palette.ink } };
}

export function drawTick(item: TickItem, params: Params, api: Api, palette: Palette) {
  const frame = frameOf(params);
  const cut = extent(api, frame, item.from, item.to);
  if (cut === null) return null;
  const [left, right] = cut;
  const { row, place, weight } = item;
  const half = row.height / 2;
  const full = place === 'foot' ? half - 4 : half - 1;
  const height = Math.max(4, full * (0.45 + 0.55 * weight));
  const base = frame.y + row.y;
  const bottom = place === 'upper' ? base + half : base + row.height;
  const y = place === 'lower' ? base + half + 1 : bottom - height;
  const width = Math.max(1.6, right - left);
  const color = place === 'lower' ? palette.quiet : hostColor(palette, item.host);
  // A wider, unseen rectangle lets a pointer find so thin a line.
  return group(
    rect(left, y, width, height, { fill: color }),
    rect(left - 3, bottom - full, width + 6, full, { fill: color, opacity: 0 }),
  );
}

export function drawClaim(item: ClaimItem, params: Params, api: Api, palette: Palette) {
  const frame = frameOf(params);
  const cut = extent(api, frame, item.from, item.to);
  if (cut === null) return null;
  const x = cut[0];
  const y = frame.y + item.row.y + item.row.height / 2;
  const { verdict, host } = item.claim;
  const color = hostColor(palette, host);
  const circle = (r: number, style: Shape): Shape => ({
    type: 'circle',
    shape: { cx: x, cy: y, r },
    style,
  });
  if (verdict === 'confirmed') return group(circle(3.5, { fill: color }));
  if (verdict === 'noted') {
    return group(circle(3.5, { fill: palette.surface, stroke: color, lineWidth: 1.5 }));
  }
  if (verdict === 'moved') {
    const points = [
      [x, y - 8],
      [x + 7, y],
      [x, y + 8],
      [x - 7, y],
    ];
    const style = { fill: color, stroke: palette.surface, lineWidth: 1 };
    return group({ type: 'polygon', shape: { points }, style });
  }
  const style = { stroke: palette.bad, lineWidth: 2.4 };
  const target = circle(8, { fill: palette.bad, opacity: 0 });
  return group(
    line(x - 5, y - 5, x + 5, y + 5, style),
    line(x - 5, y + 5, x + 5, y - 5, style),
    target,
  );
}

export function drawEvent(item: EventItem, params: Params, api: Api, palette: Palette) {
  const frame = frameOf(params);
  const cut = extent(api, frame, item.from, item.to);
  if (cut === null) return null;
  const x = cut[0];
  const { row, event } = item;
  const y = frame.y + row.headY + 23;
  const bottom = frame.y + row.y + row.height - 2;
  const style = { stroke: palette.ink, lineWidth: 1, lineDash: [4, 3], opacity: 0.7 };
  const rule = line(x, y + BADGE_RADIUS, x, bottom, style);
  if (!takesRoom(params, `${row.y}`, x, BADGE_RADIUS * 2)) return group(rule);
  const font = `700 11px ${palette.font}`;
  const text = { text: event.text, x, y, font, fill: palette.surface };
  return group(
    rule,
    { type: 'circle', shape: { cx: x, cy: y, r: BADGE_RADIUS }, style: { fill: palette.ink } },
    { type: 'text', style: { ...text, align: 'center', verticalAlign: 'middle' }, silent: true },
  );
}
