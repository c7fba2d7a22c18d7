// Which part of a drawing is seen: screen = world * scale + shift. Pure.

export interface Camera {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const SMALLEST_SCALE = 0.005;
export const LARGEST_SCALE = 2.5;

export function zoomed(camera: Camera, factor: number, x: number, y: number): Camera {
  const scale = Math.min(LARGEST_SCALE, Math.max(SMALLEST_SCALE, camera.scale * factor));
  const by = scale / camera.scale;
  return { scale, x: x - (x - camera.x) * by, y: y - (y - camera.y) * by };
}

/** The whole drawing in the middle of the view, not larger than life. */
export function fitted(drawing: Size, view: Size, margin = 24): Camera {
  const scale = Math.max(
    SMALLEST_SCALE,
    Math.min(1, (view.width - 2 * margin) / Math.max(1, drawing.width), (view.height - 2 * margin) / Math.max(1, drawing.height)),
  );
  return { scale, x: (view.width - drawing.width * scale) / 2, y: (view.height - drawing.height * scale) / 2 };
}

export function centred(camera: Camera, x: number, y: number, view: Size, scale = camera.scale): Camera {
  return { scale, x: view.width / 2 - x * scale, y: view.height / 2 - y * scale };
}

/** The seen part, in world coordinates. */
export function seen(camera: Camera, view: Size): { left: number; top: number; right: number; bottom: number } {
  return {
    left: -camera.x / camera.scale,
    top: -camera.y / camera.scale,
    right: (view.width - camera.x) / camera.scale,
    bottom: (view.height - camera.y) / camera.scale,
  };
}
