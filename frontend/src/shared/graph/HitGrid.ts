// Finds the cards at a point or within a rectangle without looking at all of them. All cards have the same size.

export class HitGrid {
  private readonly cells = new Map<number, number[]>();

  constructor(
    private readonly x: Float32Array,
    private readonly y: Float32Array,
    private readonly width: number,
    private readonly height: number,
    private readonly cell = 512,
  ) {
    for (let place = 0; place < x.length; place += 1) {
      const key = this.key(Math.floor(x[place]! / cell), Math.floor(y[place]! / cell));
      const list = this.cells.get(key);
      if (list) list.push(place);
      else this.cells.set(key, [place]);
    }
  }

  at(x: number, y: number): number | undefined {
    return this.within(x, y, x, y).at(-1);
  }

  /** Cards that touch the rectangle. */
  within(left: number, top: number, right: number, bottom: number): number[] {
    const found: number[] = [];
    const { cell, width, height } = this;
    const columns = [Math.floor((left - width) / cell), Math.floor(right / cell)] as const;
    const rows = [Math.floor((top - height) / cell), Math.floor(bottom / cell)] as const;
    const touches = (place: number) =>
      this.x[place]! <= right && this.x[place]! + width >= left && this.y[place]! <= bottom && this.y[place]! + height >= top;
    if ((columns[1] - columns[0] + 1) * (rows[1] - rows[0] + 1) > this.cells.size) {
      for (let place = 0; place < this.x.length; place += 1) if (touches(place)) found.push(place);
      return found;
    }
    for (let column = columns[0]; column <= columns[1]; column += 1) {
      for (let row = rows[0]; row <= rows[1]; row += 1) {
        for (const place of this.cells.get(this.key(column, row)) ?? []) if (touches(place)) found.push(place);
      }
    }
    return found;
  }

  private key(column: number, row: number): number {
    return (column + 1_048_576) * 4_194_304 + row + 1_048_576;
  }
}
