/// <reference lib="dom" />
/** The lanes in the page: drawn, redrawn when the page changes, zoomed by buttons and links. */
import type { Picture } from '../picture.ts';
import {
  type Chart,
  chartHeight,
  type Drawing,
  drawingOf,
  startChart,
  TOP,
  type View,
} from './chart.ts';
import { copyFilter } from './filter.ts';
import { type Layout, layoutOf } from './layout.ts';
import { paletteNow } from './palette.ts';

const PAPER_WIDTH = 680;
const ZOOM_STEP = 2;
const SPAN_MIN = 0.001;

/** The chart keeps every turn of the wheel to itself: without Ctrl it is for scrolling the page. */
function leaveToPage(event: Event): void {
  if (event instanceof WheelEvent && !event.ctrlKey) event.stopPropagation();
}

interface ZoomOption {
  dataZoom: { startValue: number; endValue: number }[];
}

export class LanesView {
  private readonly picture: Picture;
  private readonly element: HTMLElement;
  private readonly labels: HTMLElement;
  private readonly canvas: HTMLElement;
  private chart: Chart | null = null;
  private drawing: Drawing | null = null;
  private view: View;
  private cursor: number | null = null;
  private isPaper = false;

  constructor(picture: Picture, element: HTMLElement) {
    this.picture = picture;
    this.element = element;
    this.view = { from: 0, to: picture.duration };
    element.hidden = false;
    this.canvas = document.createElement('div');
    this.labels = document.createElement('div');
    element.replaceChildren(this.canvas, this.labels);
    for (const name of ['wheel', 'mousewheel']) {
      this.canvas.addEventListener(name, leaveToPage, { capture: true, passive: true });
    }
    this.draw();
    let width = this.width();
    new ResizeObserver(() => {
      if (this.isPaper || this.width() === width) return;
      width = this.width();
      this.draw();
    }).observe(element);
  }

  /** Shows [from, to], cut to the capture and never too small to see. */
  show(from: number, to: number, cursor: number | null = null): void {
    const { duration } = this.picture;
    const span = Math.min(duration, Math.max(SPAN_MIN, to - from));
    const start = Math.min(Math.max(0, from), duration - span);
    this.view = { from: start, to: start + span };
    this.cursor = cursor;
    this.draw();
  }

  showAround(t: number, span: number): void {
    this.show(t - span / 2, t + span / 2, t);
  }

  whole(): void {
    this.show(0, this.picture.duration);
  }

  /** Above 1 shows less of the capture. */
  zoom(factor: number): void {
    const { from, to } = this.view;
    const middle = (from + to) / 2;
    const half = (to - from) / 2 / factor;
    this.show(middle - half, middle + half, this.cursor);
  }

  zoomIn(): void {
    this.zoom(ZOOM_STEP);
  }

  zoomOut(): void {
    this.zoom(1 / ZOOM_STEP);
  }

  /** For paper: its width and colours, no slider. */
  setPaper(isPaper: boolean): void {
    this.isPaper = isPaper;
    this.chart?.dispose();
    this.chart = null;
    this.draw();
  }

  draw(): void {
    const { picture, view, cursor, isPaper } = this;
    const width = this.width();
    const layout = layoutOf(picture, width);
    const scene = { picture, layout, palette: paletteNow(), view, width, cursor, isPaper };
    this.drawing = drawingOf(scene);
    this.chartFor(width, chartHeight(layout, isPaper)).setOption(this.drawing.option, {
      notMerge: true,
    });
    this.label(layout);
    this.tell();
  }

  /** The chart at this size; what it drew before is about to be replaced. */
  private chartFor(width: number, height: number): Chart {
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    if (this.chart !== null) {
      const isSame = this.chart.getWidth() === width && this.chart.getHeight() === height;
      if (!isSame) this.chart.resize({ width, height });
      return this.chart;
    }
    const chart = startChart(this.canvas, this.isPaper);
    chart.on('datazoom', () => this.onZoomed());
    chart.on('click', (event) => {
      const item = this.drawing?.itemAt(event.seriesId, event.dataIndex ?? -1) ?? null;
      if (item !== null) void copyFilter(item.frame);
    });
    this.chart = chart;
    return chart;
  }

  /** The pointer or the slider moved the view: the chart knows where to. */
  private onZoomed(): void {
    const option = this.chart?.getOption() as ZoomOption | undefined;
    const zoom = option?.dataZoom[0];
    if (zoom === undefined) return;
    this.view = { from: zoom.startValue, to: zoom.endValue };
    this.tell();
  }

  /** What is in view, for whoever looks at the element. */
  private tell(): void {
    this.element.dataset.from = String(this.view.from);
    this.element.dataset.to = String(this.view.to);
  }

  private width(): number {
    return this.isPaper ? PAPER_WIDTH : this.element.clientWidth;
  }

  /** Words beside the lanes are the page's own, so that they can be read aloud and printed. */
  private label(layout: Layout): void {
    const words: HTMLElement[] = [];
    const say = (name: string, text: string, y: number, height: number): void => {
      const word = document.createElement('div');
      word.className = name;
      word.textContent = text;
      word.title = text;
      word.style.top = `${TOP + y}px`;
      word.style.height = word.style.lineHeight = `${height}px`;
      word.style.maxWidth = layout.isNarrow ? '100%' : `${layout.gutter - 10}px`;
      words.push(word);
    };
    for (const { group, y, headY, headHeight, lanes } of layout.groups) {
      if (layout.isNarrow) say('group-label', group.label, y, 17);
      else say('group-label', group.label, headY, headHeight);
      for (const { lane, labelY, y: top, height } of lanes) {
        if (layout.isNarrow) say('lane-label', lane.label, labelY, 17);
        else say('lane-label', lane.label, top, height);
      }
    }
    this.labels.replaceChildren(...words);
  }
}
