//! Where the canvas is looked at from: pan and zoom as plain numbers (DESIGN.md 5).

/// Smallest zoom by hand.
const ZOOM_MIN: f64 = 0.4;
/// Largest zoom by hand.
const ZOOM_MAX: f64 = 1.5;
/// Fitting never makes steps smaller than this.
const FIT_MIN: f64 = 0.75;
/// One press of a zoom button or key.
const ZOOM_STEP: f64 = 1.2;
/// Free space beside a fitted flow, in window pixels.
const MARGIN: f64 = 20.0;
/// The vertical distance from the canvas' upper edge to the flow.
const HEAD: f64 = 6.0;

/// So many times as high as the view may be what is drawn around it.
const WASTE: f64 = 9.0;

/// A width and a height, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// A box in canvas units, from its upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Its size.
    pub size: Size,
}

impl Area {
    /// Whether the two share a point.
    pub fn meets(&self, other: &Self) -> bool {
        self.x < other.x + other.size.w
            && other.x < self.x + self.size.w
            && self.y < other.y + other.size.h
            && other.y < self.y + self.size.h
    }

    /// Whether something that reaches from `top` to `low` is beside it or in it.
    pub fn holds_rows(&self, top: f64, low: f64) -> bool {
        top <= self.y + self.size.h && self.y <= low
    }

    /// Whether a point lies inside.
    pub fn holds(&self, x: i32, y: i32) -> bool {
        let (x, y) = (f64::from(x), f64::from(y));
        self.x <= x && x <= self.x + self.size.w && self.y <= y && y <= self.y + self.size.h
    }

    /// Whether what is drawn in it still serves a view that shows `seen`: it holds that, with a little around it, and is
    /// not so much larger that it costs more than drawing anew.
    pub fn serves(&self, seen: &Self) -> bool {
        let near = seen.grown(Size { w: seen.size.w / 8.0, h: seen.size.h / 8.0 });
        let holds = self.x <= near.x
            && self.y <= near.y
            && self.x + self.size.w >= near.x + near.size.w
            && self.y + self.size.h >= near.y + near.size.h;
        holds && self.size.h <= seen.size.h * WASTE
    }

    /// The smallest box around it whose sides are multiples of `step`.
    #[must_use]
    pub fn snapped(&self, step: f64) -> Self {
        let down = |it: f64| (it / step).floor() * step;
        let up = |it: f64| (it / step).ceil() * step;
        let (x, y) = (down(self.x), down(self.y));
        let size = Size { w: up(self.x + self.size.w) - x, h: up(self.y + self.size.h) - y };
        Self { x, y, size }
    }

    /// The box with `by` more on every side.
    #[must_use]
    pub fn grown(&self, by: Size) -> Self {
        Self {
            x: self.x - by.w,
            y: self.y - by.h,
            size: Size { w: self.size.w + 2.0 * by.w, h: self.size.h + 2.0 * by.h },
        }
    }
}

/// The flow's horizontal centre sits `x` pixels right of the canvas' centre, its top `y` pixels below the canvas' top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Window pixels from the canvas' centre.
    pub x: f64,
    /// Window pixels from the canvas' top.
    pub y: f64,
    /// 1 is life size.
    pub zoom: f64,
}

/// What the server draws, before the size of the canvas is known.
impl Default for View {
    fn default() -> Self {
        Self { x: 0.0, y: 12.0, zoom: 0.9 }
    }
}

impl View {
    /// Shows all of `world`, or at 75 % what surrounds `focus`; `top` pixels of the canvas are covered by a bar.
    pub fn fit(canvas: Size, world: Size, focus: Option<Area>, top: f64) -> Self {
        if canvas.w <= 0.0 || world.w <= 0.0 {
            return Self::default();
        }
        let room = Size { w: canvas.w - 2.0 * MARGIN, h: canvas.h - top - 16.0 };
        let zoom = (room.w / world.w).min(room.h / world.h).clamp(FIT_MIN, 1.0);
        let start = Self { x: 0.0, y: top + HEAD, zoom };
        let Some(focus) = focus else { return start };
        let (mut x, mut y) = (start.x, start.y);
        if world.w * zoom > room.w {
            x = ((world.w - focus.size.w) / 2.0 - focus.x) * zoom;
        }
        let low = (focus.y + focus.size.h + 40.0) * zoom;
        if world.h * zoom > room.h && low > room.h * 0.8 {
            let centred = top + room.h / 2.0 - (focus.y + focus.size.h / 2.0) * zoom;
            y = centred.max(top + room.h - world.h * zoom);
        }
        Self { x, y, zoom }
    }

    /// Moved by window pixels.
    #[must_use]
    pub fn panned(self, x: f64, y: f64) -> Self {
        Self { x: self.x + x, y: self.y + y, ..self }
    }

    /// Zoomed by `factor`; the point of the flow under `at` (window pixels from the canvas' upper left) stays there.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: (f64, f64), canvas: Size) -> Self {
        let zoom = (self.zoom * factor).clamp(ZOOM_MIN, ZOOM_MAX);
        let ratio = zoom / self.zoom;
        let from_centre = at.0 - canvas.w / 2.0;
        Self {
            x: from_centre - (from_centre - self.x) * ratio,
            y: at.1 - (at.1 - self.y) * ratio,
            zoom,
        }
    }

    /// One step nearer, around the middle of the canvas.
    #[must_use]
    pub fn nearer(self, canvas: Size) -> Self {
        self.zoomed(ZOOM_STEP, (canvas.w / 2.0, canvas.h / 2.0), canvas)
    }

    /// One step further, around the middle of the canvas.
    #[must_use]
    pub fn further(self, canvas: Size) -> Self {
        self.zoomed(1.0 / ZOOM_STEP, (canvas.w / 2.0, canvas.h / 2.0), canvas)
    }

    /// Moved down where a bar that covers `bar` pixels hides the beginning of the flow.
    #[must_use]
    pub fn below(self, bar: f64) -> Self {
        let begin = bar + HEAD;
        let is_hidden = bar > 0.0 && (-HEAD..begin).contains(&self.y);
        if is_hidden { Self { y: begin, ..self } } else { self }
    }

    /// Moved as little as needed to show `area` with some room around it; `bar` pixels of the canvas are covered.
    #[must_use]
    pub fn showing(self, area: Area, world: Size, canvas: Size, bar: f64) -> Self {
        let left = canvas.w / 2.0 + self.x + (area.x - world.w / 2.0) * self.zoom;
        let top = self.y + area.y * self.zoom - bar;
        let dx = nudge(left, left + area.size.w * self.zoom, canvas.w);
        let dy = nudge(top, top + area.size.h * self.zoom, canvas.h - bar);
        self.panned(dx, dy)
    }

    /// The part of the flow that is on screen, in canvas units.
    pub fn seen(self, world: Size, canvas: Size) -> Area {
        Area {
            x: world.w / 2.0 - (canvas.w / 2.0 + self.x) / self.zoom,
            y: -self.y / self.zoom,
            size: Size { w: canvas.w / self.zoom, h: canvas.h / self.zoom },
        }
    }

    /// The value of the world's `transform`.
    pub fn transform(self) -> String {
        format!("translate(calc(-50% + {:.1}px), {:.1}px) scale({:.3})", self.x, self.y, self.zoom)
    }

    /// "90%".
    pub fn percent(self) -> String {
        format!("{:.0}%", self.zoom * 100.0)
    }
}

/// How far a span must move to lie inside `0..room`, its start first.
fn nudge(start: f64, end: f64, room: f64) -> f64 {
    const SPACE: f64 = 32.0;
    if start < SPACE {
        SPACE - start
    } else if end > room - SPACE {
        (room - SPACE - end).max(SPACE - start)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: Size = Size { w: 800.0, h: 600.0 };

    #[test]
    fn a_small_flow_is_fitted_at_life_size_and_a_large_one_not_below_three_quarters() {
        assert_eq!(View::fit(CANVAS, Size { w: 300.0, h: 300.0 }, None, 0.0).zoom, 1.0);
        assert_eq!(View::fit(CANVAS, Size { w: 300.0, h: 5000.0 }, None, 0.0).zoom, 0.75);
    }

    #[test]
    fn fitting_a_tall_flow_brings_the_chosen_step_into_view() {
        let world = Size { w: 300.0, h: 5000.0 };
        let step = Area { x: 38.0, y: 4000.0, size: Size { w: 224.0, h: 60.0 } };
        let view = View::fit(CANVAS, world, Some(step), 0.0);
        assert!(view.seen(world, CANVAS).meets(&step));
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let world = Size { w: 400.0, h: 400.0 };
        let before = View { x: 30.0, y: 10.0, zoom: 1.0 };
        let after = before.zoomed(1.3, (500.0, 200.0), CANVAS);
        let point = |view: View| {
            let seen = view.seen(world, CANVAS);
            (seen.x + 500.0 / view.zoom, seen.y + 200.0 / view.zoom)
        };
        let (a, b) = (point(before), point(after));
        assert!((a.0 - b.0).abs() < 1e-6 && (a.1 - b.1).abs() < 1e-6);
    }

    #[test]
    fn zoom_stays_within_its_range() {
        let far = (0..20).fold(View::default(), |view, _| view.further(CANVAS));
        let near = (0..20).fold(View::default(), |view, _| view.nearer(CANVAS));
        assert_eq!((far.zoom, near.zoom), (ZOOM_MIN, ZOOM_MAX));
    }

    #[test]
    fn what_is_drawn_serves_nearby_views_and_most_zooms() {
        let world = Size { w: 300.0, h: 20_000.0 };
        let start = View { x: 0.0, y: -6_000.0, zoom: 0.75 };
        let seen = |view: View| view.seen(world, CANVAS);
        let drawn = seen(start).grown(seen(start).size).snapped(400.0);
        assert!(drawn.serves(&seen(start)) && drawn.serves(&seen(start.panned(0.0, 300.0))));
        let zooms = |factor| drawn.serves(&seen(start.zoomed(factor, (400.0, 300.0), CANVAS)));
        assert!(zooms(0.54) && zooms(2.0));
        assert!(!drawn.serves(&seen(start.panned(0.0, 900.0))));
        // Far too much is drawn for a view of little.
        let all = Area { x: -5_000.0, y: 0.0, size: Size { w: 10_000.0, ..world } };
        assert!(!all.serves(&seen(start)));
    }

    #[test]
    fn a_snapped_box_holds_the_box() {
        let area = Area { x: -30.0, y: 410.0, size: Size { w: 500.0, h: 10.0 } };
        let snapped = area.snapped(400.0);
        assert_eq!(snapped, Area { x: -400.0, y: 400.0, size: Size { w: 1200.0, h: 400.0 } });
        assert!(snapped.holds(-30, 410) && !snapped.holds(900, 410));
        assert!(snapped.holds_rows(0.0, 500.0) && snapped.holds_rows(0.0, 9_000.0));
        assert!(!snapped.holds_rows(0.0, 300.0) && !snapped.holds_rows(900.0, 950.0));
    }

    #[test]
    fn a_step_outside_is_brought_in_and_one_inside_stays() {
        let world = Size { w: 400.0, h: 2000.0 };
        let view = View { x: 0.0, y: 0.0, zoom: 1.0 };
        let below = Area { x: 88.0, y: 900.0, size: Size { w: 224.0, h: 60.0 } };
        let moved = view.showing(below, world, CANVAS, 0.0);
        assert!(moved.seen(world, CANVAS).meets(&below));
        let inside = Area { x: 88.0, y: 100.0, size: Size { w: 224.0, h: 60.0 } };
        assert_eq!(view.showing(inside, world, CANVAS, 0.0), view);
    }

    #[test]
    fn what_a_bar_would_hide_is_moved_below_it() {
        let view = View { x: 0.0, y: 10.0, zoom: 1.0 };
        assert_eq!(view.below(90.0).y, 90.0 + HEAD);
        assert_eq!(view.below(0.0), view);
        let far = View { y: -400.0, ..view };
        assert_eq!(far.below(90.0), far, "its beginning is out of sight");
        let step = Area { x: 88.0, y: 40.0, size: Size { w: 224.0, h: 60.0 } };
        assert!(view.showing(step, Size { w: 400.0, h: 2000.0 }, CANVAS, 90.0).y + step.y > 90.0);
    }
}
